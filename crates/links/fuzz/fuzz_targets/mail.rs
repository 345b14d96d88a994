//! Any bytes, read as a mail: no crash, no script in its HTML, no word lost by cutting.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vigie_links::mail::{Attachment, Claims, Kind, Known, Mail, Ourselves, TokenKeys};

// The parser asserts, in builds like this one, what damaged mails break; `Mail::parse` catches that, and the
// fuzzer's hook would not let it. What is not caught still ends the run.
fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |raw: &[u8]| {
    let Ok(mail) = Mail::parse(raw, &|a: &Attachment| format!("/files/{}", a.name)) else { return };
    if let Some(safe) = &mail.html {
        let html = safe.html.to_lowercase();
        assert!(!html.contains("<script") && !html.contains("<iframe") && !html.contains("<style"));
    }
    assert!(!mail.text.contains('\0') && !mail.subject.contains('\n'));
    assert!(mail.attachments.iter().all(|a| !a.name.is_empty() && !a.name.contains(['/', '\\', '\0'])));
    let reply = mail.reply(Some("--- above ---"));
    let all: String = reply.spans().iter().map(|s| reply.words(s)).collect();
    assert_eq!(all, mail.text);
    let own = Ourselves { addresses: vec!["guichet@vigie.example".to_owned()], mark: "vigie-1".to_owned() };
    let kind = Kind::of(&mail, &own);
    let _ = kind.acknowledged(&mail, &own);
    let claims = Claims::read(&mail, &kind, &TokenKeys::new([7; 32], &[]), &[]);
    // Nobody can guess a signature.
    assert_eq!(claims.numbers().count(), 0);
    let _ = claims.place(&Known::default());
});
