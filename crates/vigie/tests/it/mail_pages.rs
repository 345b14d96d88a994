//! The pages of the post: what waits and what leaves, for the provider's desk alone.

use axum::http::StatusCode;
use vigie_contract::Party;
use vigie_rules::desk::Act;
use vigie_testkit::on_both;

use crate::{
    post::{Does, Server, acts, called, comes, mail, said, sends},
    site::Site,
};

#[test]
fn a_mail_that_waits_is_read_and_placed_at_a_page() {
    on_both(|place| {
        let site = Site::with_post(place);
        let go = site.session("go.martin");
        let number = called(site.live());
        let stranger = mail(
            "Ève <eve@evil.example>",
            "9@evil",
            "Re: Panne",
            "In-Reply-To: <call-1@customer.example>\r\n",
            "<b>Secret</b> ?",
        );
        let waiting = comes(site.live(), 1, &stranger);
        let page = site.get(&go, "/courrier/quarantaine");
        page.says(&["Re: Panne", "Ève &#60;eve@evil.example&#62;", "dont son auteur n’est pas partie", &number], &[]);
        let message = format!("/courrier/recus/{}", waiting.id);
        site.get(&go, &message).says(&["eve@evil.example", "&#60;b&#62;Secret"], &[]);
        let raw = site.get(&go, &format!("{message}/brut"));
        assert_eq!(raw.body.as_bytes(), stranger.as_bytes());
        let decision = format!("{message}/decision");
        let wrong = site.post_form(&decision, &go, "decision=rattacher&numero=VG-2026-999999");
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let wrong = site.post_form(&decision, &go, "decision=ecarter&motif=");
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let done =
            site.post_form(&decision, &go, &format!("decision=rattacher&numero={number}&retour=https://evil.example"));
        assert_eq!(done.location(), format!("/courrier/quarantaine?fait=dossier-{number}"));
        assert!(said(site.live(), &number, Party::Customer).contains("Secret"));
        let late = site.post_form(&decision, &go, "decision=nouveau");
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        late.says(&["Quelqu'un a déjà décidé"], &[]);
        let missing = site.get(&go, "/courrier/recus/00");
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn the_customer_s_desk_sees_the_case_and_not_the_post() {
    on_both(|place| {
        let site = Site::with_post(place);
        let (go, cds) = (site.session("go.martin"), site.session("cds.arnaud"));
        let number = called(site.live());
        let waiting = comes(
            site.live(),
            1,
            &mail("eve@evil.example", "9@evil", "x", "In-Reply-To: <call-1@customer.example>\r\n", "Secret"),
        );
        for path in [
            "/courrier",
            "/courrier/quarantaine",
            &format!("/courrier/recus/{}", waiting.id),
            &format!("/courrier/recus/{}/brut", waiting.id),
        ] {
            assert_eq!(site.get(&cds, path).status, StatusCode::FORBIDDEN, "{path}");
        }
        let decision = format!("/courrier/recus/{}/decision", waiting.id);
        assert_eq!(site.post_form(&decision, &cds, "decision=nouveau").status, StatusCode::FORBIDDEN);
        let case = format!("/dossiers/{number}");
        site.get(&cds, &case)
            .says(&["Plus de tonalité", "Jean Dupont", "Courriel préparé"], &["Courriels de ce dossier", "Secret"]);
        site.get(&go, &case).says(&["Courriels de ce dossier"], &["Secret"]);
    });
}

#[test]
fn what_did_not_leave_is_seen_and_sent_again_at_a_page() {
    on_both(|place| {
        let (site, server) = (Site::with_post(place), Server::start(&[Does::Refuses]));
        let go = site.session("go.martin");
        let number = called(site.live());
        sends(site.live(), &server, 0);
        site.get(&go, "/courrier?etat=failed")
            .says(&[&number, "jean@customer.example", "refusé par le serveur", "unknown user"], &[]);
        let page = site.get(&go, "/courrier?etat=failed").body;
        let action = page.split("action=\"/courrier/envois/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let done = site.post_form(&format!("/courrier/envois/{action}"), &go, "");
        assert_eq!(done.location(), "/courrier?etat=waiting&fait=oui");
        // The clock of the pages is the machine's: long after the test's own.
        acts(site.live(), &number, Party::Provider, Act::Note, "Bonjour", false);
        assert_eq!(sends(site.live(), &server, 60 * 24 * 365 * 10).sent, 2);
        site.get(&go, &format!("/courrier?dossier={number}"))
            .says(&["Reçus", "Panne", "Envoyés", "réponse"], &["Non remis 1"]);
    });
}

#[test]
fn html_of_a_mail_is_shown_harmless_with_its_own_pictures_only() {
    on_both(|place| {
        let site = Site::with_post(place);
        let go = site.session("go.martin");
        let raw = "From: jean@customer.example\r\nTo: guichet@vigie.example\r\nSubject: Photo\r\nMessage-ID: <p@x>\r\n\
            Content-Type: multipart/related; boundary=b\r\n\r\n\
            --b\r\nContent-Type: text/html\r\n\r\n<p onclick=\"x()\">Voici</p><script>alert(1)</script>\
            <img src=\"cid:i@x\"><img src=\"http://evil.example/p.png\">\r\n\
            --b\r\nContent-Type: image/png; name=baie.png\r\nContent-ID: <i@x>\r\n\r\npng\r\n--b--\r\n";
        let taken = comes(site.live(), 0, raw);
        let page = site.get(&go, &format!("/courrier/recus/{}", taken.id)).body;
        assert!(
            page.contains("Voici")
                && !page.contains("alert(1)")
                && !page.contains("onclick")
                && !page.contains("evil.example")
        );
        let picture = page.split("src=\"/courrier/").nth(1).unwrap().split('"').next().unwrap();
        let file = site.get(&go, &format!("/courrier/{picture}"));
        assert_eq!((file.status, file.body.trim()), (StatusCode::OK, "png"));
        assert_eq!(file.headers["content-type"], "image/png");
    });
}
