//! Whether a text is a recurrence that Vigie reads: the part of RFC 5545 that contracts use.
//!
//! Only the form is checked here; the dates are computed by `vigie-rules`, which reads the same part.

use crate::model::Label;

/// Says what is wrong with a recurrence.
pub(crate) fn check(text: &str) -> Result<(), Label> {
    let mut frequency = None;
    let mut seen: Vec<&str> = Vec::new();
    let mut ordinal = false;
    for part in text.split(';') {
        let (key, value) = part.split_once('=').ok_or_else(|| {
            Label::new(format!("`{part}` n'est pas de la forme `CLÉ=VALEUR`"), format!("`{part}` is not `KEY=VALUE`"))
        })?;
        if seen.contains(&key) {
            return Err(Label::new(format!("`{key}` est donné deux fois"), format!("`{key}` is given twice")));
        }
        seen.push(key);
        match key {
            "FREQ" => match value {
                "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY" => frequency = Some(value),
                _ => {
                    return Err(Label::new(
                        format!("`{value}` n'est pas une fréquence : DAILY, WEEKLY, MONTHLY ou YEARLY"),
                        format!("`{value}` is not a frequency: DAILY, WEEKLY, MONTHLY or YEARLY"),
                    ));
                }
            },
            "INTERVAL" => number(value, 1, 1000)?,
            "BYDAY" => {
                for day in value.split(',') {
                    ordinal |= by_day(day)?;
                }
            }
            "BYMONTHDAY" => list(value, 31, true)?,
            "BYMONTH" => list(value, 12, false)?,
            _ => {
                return Err(Label::new(
                    format!("`{key}` n'est pas l'une de FREQ, INTERVAL, BYDAY, BYMONTHDAY, BYMONTH"),
                    format!("`{key}` is not one of FREQ, INTERVAL, BYDAY, BYMONTHDAY, BYMONTH"),
                ));
            }
        }
    }
    match frequency {
        None => Err(Label::new("`FREQ` manque", "`FREQ` is absent")),
        Some("DAILY" | "WEEKLY") if ordinal => Err(Label::new(
            "un jour avec un rang veut FREQ=MONTHLY ou FREQ=YEARLY",
            "a day with an ordinal needs FREQ=MONTHLY or FREQ=YEARLY",
        )),
        Some("WEEKLY") if seen.contains(&"BYMONTHDAY") => {
            Err(Label::new("`BYMONTHDAY` ne va pas avec FREQ=WEEKLY", "`BYMONTHDAY` does not go with FREQ=WEEKLY"))
        }
        Some(_) => Ok(()),
    }
}

fn number(text: &str, least: i32, most: i32) -> Result<(), Label> {
    match text.parse::<i32>() {
        Ok(n) if (least..=most).contains(&n) => Ok(()),
        _ => Err(Label::new(
            format!("`{text}` n'est pas un nombre entier de {least} à {most}"),
            format!("`{text}` is not a whole number from {least} to {most}"),
        )),
    }
}

fn list(text: &str, most: i32, from_the_end: bool) -> Result<(), Label> {
    for item in text.split(',') {
        match item.strip_prefix('-') {
            Some(rest) if from_the_end => number(rest, 1, most)?,
            _ => number(item, 1, most)?,
        }
    }
    Ok(())
}

/// Reads `MO`, `2TU` or `-1FR`; says whether it has an ordinal.
fn by_day(text: &str) -> Result<bool, Label> {
    let name = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"].into_iter().find(|day| text.ends_with(day));
    let ordinal = name.and_then(|day| text.strip_suffix(day)).ok_or_else(|| {
        Label::new(
            format!("`{text}` n'est pas un jour tel que MO, 2TU ou -1FR"),
            format!("`{text}` is not a day such as MO, 2TU or -1FR"),
        )
    })?;
    if ordinal.is_empty() {
        return Ok(false);
    }
    number(ordinal.strip_prefix('-').unwrap_or(ordinal), 1, 5).map(|()| true)
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn the_recurrences_of_contracts_are_read() {
        for text in [
            "FREQ=DAILY",
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
            "FREQ=MONTHLY;BYMONTHDAY=8",
            "FREQ=MONTHLY;BYMONTHDAY=-1",
            "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=2TH",
            "FREQ=MONTHLY;BYDAY=-1FR",
            "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_is_not_one_says_why() {
        for (text, reason) in [
            ("", "`` is not `KEY=VALUE`"),
            ("BYDAY=MO", "`FREQ` is absent"),
            ("FREQ=HOURLY", "`HOURLY` is not a frequency: DAILY, WEEKLY, MONTHLY or YEARLY"),
            ("FREQ=MONTHLY;BYMONTHDAY=32", "`32` is not a whole number from 1 to 31"),
            ("FREQ=MONTHLY;BYMONTHDAY=0", "`0` is not a whole number from 1 to 31"),
            ("FREQ=YEARLY;BYMONTH=13", "`13` is not a whole number from 1 to 12"),
            ("FREQ=WEEKLY;BYDAY=LU", "`LU` is not a day such as MO, 2TU or -1FR"),
            ("FREQ=WEEKLY;BYDAY=2TU", "a day with an ordinal needs FREQ=MONTHLY or FREQ=YEARLY"),
            ("FREQ=DAILY;COUNT=3", "`COUNT` is not one of FREQ, INTERVAL, BYDAY, BYMONTHDAY, BYMONTH"),
            ("FREQ=DAILY;FREQ=DAILY", "`FREQ` is given twice"),
            ("FREQ=DAILY;INTERVAL=0", "`0` is not a whole number from 1 to 1000"),
        ] {
            assert_eq!(check(text).map_err(|told| told.en), Err(reason.to_owned()), "{text}");
        }
    }
}
