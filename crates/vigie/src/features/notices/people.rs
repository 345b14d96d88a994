//! Whom the contract's recipients are today: accounts by role and by team.
//!
//! Who is present tonight is said nowhere yet: everybody with the role hears, and a disabled account does not.

use std::collections::BTreeSet;

use vigie_contract::{Contract, ObligationId, Party, Recipient, RoleId};
use vigie_store::{StoreError, Tx};

/// Those who may sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// Accounts with their roles.
    accounts: Vec<(String, RoleId)>,
}

/// Who has a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    /// The resolution group.
    pub team: Option<String>,
    /// Somebody of it, by account.
    pub assignee: Option<String>,
}

impl People {
    /// All accounts that may sign in.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn read(tx: &mut Tx<'_>) -> Result<Self, StoreError> {
        let sql = "SELECT name, role FROM account WHERE disabled_at IS NULL ORDER BY name";
        let accounts = tx.query_all(sql, &[], |row| Ok((row.text(0)?.to_owned(), RoleId::from(row.text(1)?))))?;
        Ok(Self { accounts })
    }

    /// The side of an account; none when nobody has it, or its role is not of the contract.
    #[must_use]
    pub fn party(&self, contract: &Contract, account: &str) -> Option<Party> {
        let (_, role) = self.accounts.iter().find(|(name, _)| name == account)?;
        contract.roles.iter().find(|r| r.id == *role).map(|r| r.party)
    }

    /// The accounts that these recipients are.
    #[must_use]
    pub fn reached(
        &self,
        contract: &Contract,
        recipients: &[Recipient],
        holder: &Holder,
        obligation: Option<&ObligationId>,
    ) -> BTreeSet<String> {
        recipients.iter().flat_map(|recipient| self.of(contract, recipient, holder, obligation)).collect()
    }

    fn of(
        &self,
        contract: &Contract,
        recipient: &Recipient,
        holder: &Holder,
        obligation: Option<&ObligationId>,
    ) -> Vec<String> {
        match recipient {
            Recipient::Owner => self.known(holder.assignee.as_deref()),
            Recipient::TeamInCharge => self.team(contract, holder.team.as_deref()),
            Recipient::Team(team) => self.team(contract, Some(&team.0)),
            Recipient::Role(role) => self.with(|r| r == role),
            Recipient::Obliged => {
                let owed = contract.obligations.iter().find(|o| Some(&o.id) == obligation);
                owed.map(|o| self.with(|r| *r == o.owner)).unwrap_or_default()
            }
        }
    }

    fn known(&self, account: Option<&str>) -> Vec<String> {
        let known = |name: &&str| self.accounts.iter().any(|(n, _)| n == name);
        account.filter(known).map(str::to_owned).into_iter().collect()
    }

    fn team(&self, contract: &Contract, team: Option<&str>) -> Vec<String> {
        let team = contract.teams.teams.iter().find(|t| Some(t.id.0.as_str()) == team);
        team.map(|t| self.with(|role| t.roles.contains(role))).unwrap_or_default()
    }

    fn with(&self, wanted: impl Fn(&RoleId) -> bool) -> Vec<String> {
        self.accounts.iter().filter(|(_, role)| wanted(role)).map(|(name, _)| name.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> People {
        let accounts = [("ana", "go_technician"), ("bob", "go_technician"), ("eve", "roc"), ("zoe", "operations_head")];
        People { accounts: accounts.map(|(name, role)| (name.to_owned(), role.into())).to_vec() }
    }

    #[test]
    fn a_recipient_is_whoever_holds_the_role_today() {
        let promise = crate::app::promise(None).unwrap();
        let contract = &promise.history.base().contract;
        let check = |recipient: Recipient, obligation: Option<&str>, expected: &[&str]| {
            let holder = Holder { team: Some("go".to_owned()), assignee: Some("bob".to_owned()) };
            let obligation = obligation.map(ObligationId::from);
            let reached = people().reached(contract, std::slice::from_ref(&recipient), &holder, obligation.as_ref());
            assert_eq!(reached.into_iter().collect::<Vec<_>>(), expected, "{recipient:?}");
        };
        check(Recipient::Owner, None, &["bob"]);
        check(Recipient::TeamInCharge, None, &["ana", "bob"]);
        check(Recipient::Team("cds".into()), None, &[]);
        check(Recipient::Role("roc".into()), None, &["eve"]);
        check(Recipient::Obliged, Some("major-incident-report"), &["eve"]);
        check(Recipient::Obliged, None, &[]);
        let gone = Holder { assignee: Some("gone".to_owned()), ..Holder::default() };
        assert!(people().reached(contract, &[Recipient::Owner], &gone, None).is_empty());
        assert_eq!(people().party(contract, "zoe"), Some(Party::Customer));
        assert_eq!(people().party(contract, "gone"), None);
    }
}
