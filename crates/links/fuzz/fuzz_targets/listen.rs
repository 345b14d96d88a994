//! Any bytes of a client: no crash, and the same conversation however they arrive.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vigie_links::mail::{
    Ourselves,
    listen::{Kept, Listening, Protocol, Session, Step},
};

fn speak(bytes: &[u8], piece: usize) -> Vec<u8> {
    let own = Ourselves { addresses: vec!["g@v.fr".to_owned()], mark: String::new() };
    let (mut session, mut heard) = Session::new(Listening { protocol: Protocol::Lmtp, name: "v.fr".to_owned(), own });
    for bytes in bytes.chunks(piece) {
        session.feed(bytes);
        while let Some(step) = session.step() {
            match step {
                Step::Reply(reply) | Step::Close(reply) => heard.extend(reply),
                Step::Deliver { raw, .. } => {
                    heard.extend(raw);
                    heard.extend(session.kept(&Ok(Kept { id: "1".to_owned() })));
                }
            }
        }
    }
    heard
}

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, bytes) = input;
    for start in ["", "LHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<g@v.fr>\r\nDATA\r\n"] {
        let bytes = [start.as_bytes(), bytes].concat();
        assert_eq!(speak(&bytes, usize::MAX), speak(&bytes, usize::from(piece).max(1)));
    }
});
