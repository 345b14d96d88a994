//! The people who may sign in to the demonstration.

use vigie_contract::{Label, RoleId};

use super::tables;

/// The password of every account of the demonstration; `serve --demo` prints it, and it opens nothing else.
const PASSWORD: &str = "callipso-demonstration";

/// An account of the demonstration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoAccount {
    /// What one signs in with; the actor of entries.
    pub name: &'static str,
    /// A role of the contract.
    pub role: RoleId,
    /// Whose account it is.
    pub label: Label,
    /// Its password.
    pub password: &'static str,
}

/// The accounts, those of the customer first.
#[must_use]
pub fn accounts() -> Vec<DemoAccount> {
    [
        (tables::CONTRACT_MANAGER, "contract_manager", "Gestionnaire du marché (DSIUN)", "Contract manager (customer)"),
        (
            tables::CUSTOMER_OPERATIONS,
            "operations_head",
            "Responsable d'exploitation (DSIUN)",
            "Operations head (customer)",
        ),
        (tables::ROC, "roc", "Responsable opérationnel de compte (titulaire)", "Operations account manager (provider)"),
        (tables::RTC, "rtc", "Responsable technique de compte (titulaire)", "Technical account manager (provider)"),
        (tables::RSSI, "rssi", "Cellule SSI (DSIUN)", "Security cell (customer)"),
        ("go.martin", "go_technician", "Technicien GO (titulaire)", "On-site technician (provider)"),
        ("noc.lefort", "noc", "Supervision centrale (titulaire)", "Central supervision (provider)"),
        ("audit.mercier", "auditor", "Auditeur", "Auditor"),
    ]
    .map(|(name, role, fr, en)| DemoAccount {
        name,
        role: RoleId::from(role),
        label: Label { fr: fr.to_owned(), en: en.to_owned() },
        password: PASSWORD,
    })
    .to_vec()
}
