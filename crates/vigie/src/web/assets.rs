//! Style sheet, script, fonts and icons, embedded at build time under an address made from their content.
//!
//! Since a changed file has another address, browsers may keep these for ever. Nothing is read from
//! disk while serving.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

/// One embedded file.
#[derive(Debug)]
pub(crate) struct Asset {
    /// What templates call it.
    pub(crate) name: &'static str,
    /// Its name under `/static/`, with a digest of its content.
    pub(crate) file: &'static str,
    /// Its media type.
    pub(crate) media_type: &'static str,
    /// Its content.
    pub(crate) bytes: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets/assets.rs"));

/// Names of the communes of the Bouches-du-Rhône, for the demonstration's sites.
///
/// # Errors
/// Never for what the build assembled.
pub fn communes() -> Result<Vec<String>, serde_json::Error> {
    #[derive(serde::Deserialize)]
    struct Commune {
        name: String,
    }
    let communes: Vec<Commune> = serde_json::from_str(COMMUNES_13)?;
    Ok(communes.into_iter().map(|c| c.name).collect())
}

/// The address of an asset; a test holds that every name used by a template exists.
pub(crate) fn url(name: &str) -> String {
    format!("/static/{}", ASSETS.iter().find(|a| a.name == name).map_or(name, |a| a.file))
}

/// `GET /static/{file}`.
pub(crate) async fn serve(Path(file): Path<String>) -> Response {
    match ASSETS.iter().find(|a| a.file == file) {
        Some(asset) => (
            [(header::CONTENT_TYPE, asset.media_type), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")],
            asset.bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_asset_is_served_under_an_address_that_names_its_content() {
        for name in ["vigie.css", "vigie.js", "htmx.js", "icons.svg", "logo.svg"] {
            let url = url(name);
            assert!(ASSETS.iter().any(|a| url.ends_with(a.file) && !a.bytes.is_empty()), "{name}");
        }
    }

    #[test]
    fn the_pdf_has_four_faces_of_truetype() {
        assert_eq!(PDF_FONTS.len(), 4);
        assert!(PDF_FONTS.iter().all(|f| f.starts_with(&[0, 1, 0, 0])));
    }

    #[test]
    fn the_department_has_its_119_communes() {
        assert_eq!(communes().unwrap().len(), 119);
    }
}
