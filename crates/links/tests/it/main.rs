//! The reading of outside files as its users meet it: mappings, dialects, damage, identity.

#[cfg(test)]
mod damage;
#[cfg(test)]
mod dialects;
#[cfg(test)]
mod ezv;
#[cfg(test)]
mod mail_compose;
#[cfg(test)]
mod mail_imap;
#[cfg(test)]
mod mail_kind;
#[cfg(test)]
mod mail_listen;
#[cfg(test)]
mod mail_parse;
#[cfg(test)]
mod mail_postfix;
#[cfg(test)]
mod mail_properties;
#[cfg(test)]
mod mail_thread;
#[cfg(test)]
mod mappings;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod shipped;
#[cfg(test)]
mod support;
