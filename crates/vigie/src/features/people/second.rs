//! Asking for the second factor: at sign-in, and before it is changed.
//!
//! A wrong code counts at the same door as a wrong password, so that neither can be tried without end.

use jiff::Timestamp;

use super::{
    Account, Accounts, Pending, SignIn,
    factor::{recovery_hash, step_of},
    sign_in::{Door, Proof, digest, open_session},
};

/// What checking a code gives.
#[derive(Clone, Copy)]
pub(super) enum Code {
    /// It fits, and is used up: `totp` or `recovery_code`.
    Fits(&'static str),
    /// It does not, or was used before: the failure is kept and noted.
    Refused,
    /// Too many failures: nothing was looked at.
    Locked,
}

/// What giving a code at sign-in gives.
pub(super) enum SecondStep {
    /// As after a password.
    Answered(SignIn),
    /// The password was given too long ago, or never.
    Over,
}

/// Checks a code of an account, or one of its recovery codes.
pub(super) fn check_code(
    accounts: &dyn Accounts,
    name: &str,
    typed: &str,
    address: &str,
    now: Timestamp,
) -> anyhow::Result<Code> {
    let door = Door::before(accounts, name, address, now)?;
    if door.is_locked() {
        return Ok(Code::Locked);
    }
    if let Some(factor) = accounts.factor(name)?.filter(|f| f.confirmed) {
        if let Some(step) = step_of(&factor.secret, typed, now)?
            && accounts.use_step(name, step)?
        {
            return Ok(Code::Fits("totp"));
        }
        if let Some(hash) = recovery_hash(typed)
            && accounts.use_recovery_code(name, &hash, now)?.is_some()
        {
            return Ok(Code::Fits("recovery_code"));
        }
    }
    door.refuse(accounts, Some(name.to_owned()), true)?;
    Ok(Code::Refused)
}

/// Gives the code of a sign-in whose password was right.
pub(super) fn give_code(
    accounts: &dyn Accounts,
    token: &str,
    typed: &str,
    address: &str,
    now: Timestamp,
) -> anyhow::Result<SecondStep> {
    let hash = digest(token);
    let Some((account, through)) = awaited(accounts, token, now)? else { return Ok(SecondStep::Over) };
    Ok(match check_code(accounts, &account.name, typed, address, now)? {
        Code::Fits(second) if accounts.end_wait(&hash)? => {
            let proof = Proof { through, second: Some(second) };
            SecondStep::Answered(open_session(accounts, Box::new(account), proof, now)?)
        }
        Code::Fits(_) => SecondStep::Over,
        Code::Refused => SecondStep::Answered(SignIn::Refused),
        Code::Locked => SecondStep::Answered(SignIn::Locked),
    })
}

/// Whose second factor is awaited under a token, and from which provider they came; none when it is over or the account
/// may no longer enter.
pub(super) fn awaited(
    accounts: &dyn Accounts,
    token: &str,
    now: Timestamp,
) -> anyhow::Result<Option<(Account, Option<String>)>> {
    let Some(Pending::Second { account, through }) = accounts.pending(&digest(token), now)? else { return Ok(None) };
    let account = accounts.account(&account)?.filter(|a| a.disabled_at.is_none_or(|at| now < at));
    Ok(account.map(|account| (account, through)))
}
