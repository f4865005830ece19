//! Which version of the zone each name server holds, by the serial number of its SOA record.

use jiff::civil::Date;

use crate::records::name::DomainName;

/// More versions than this are no count that means something to people.
const COUNTED: u32 = 20;

/// The versions that the name servers hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serials {
    /// The newest one (RFC 1982).
    newest: u32,
    /// Name servers that hold it.
    pub current: Vec<DomainName>,
    /// Name servers that hold an older one.
    pub behind: Vec<(DomainName, u32)>,
}

/// `held`: the serial number that each name server gave. None where none gave one.
pub fn serials(held: Vec<(DomainName, u32)>) -> Option<Serials> {
    let newest = held
        .iter()
        .map(|(_, serial)| *serial)
        .reduce(|newest, serial| {
            if is_newer(serial, newest) {
                serial
            } else {
                newest
            }
        })?;
    let (current, behind): (Vec<_>, Vec<_>) =
        held.into_iter().partition(|(_, serial)| *serial == newest);
    Some(Serials {
        newest,
        current: current.into_iter().map(|(name, _)| name).collect(),
        behind,
    })
}

/// Serial numbers go round (RFC 1982, section 3.2).
fn is_newer(serial: u32, than: u32) -> bool {
    let ahead = serial.wrapping_sub(than);
    ahead != 0 && ahead < 1 << 31
}

impl Serials {
    /// What the versions say about name servers that answer differently.
    pub fn in_words(&self) -> String {
        if self.behind.is_empty() {
            return if self.current.len() > 1 {
                format!(
                    "They all say that they hold the same version of the zone (serial {}).",
                    self.newest
                )
            } else {
                String::new()
            };
        }
        let lines: Vec<String> = self
            .behind
            .iter()
            .map(|(name, serial)| self.one_in_words(name, *serial))
            .collect();
        lines.join(" ")
    }

    fn one_in_words(&self, name: &DomainName, serial: u32) -> String {
        let numbers = format!("serial {serial}, the newest is {}", self.newest);
        if let (Some(held), Some(newest)) = (date(serial), date(self.newest))
            && held < newest
        {
            return format!(
                "{name} still holds the zone of {} ({numbers}).",
                held.strftime("%-d %B %Y")
            );
        }
        match self.newest.wrapping_sub(serial) {
            1 => format!("{name} is one version behind ({numbers})."),
            versions @ 2..=COUNTED => {
                format!("{name} is {versions} versions behind ({numbers}).")
            }
            _ => format!("{name} holds an older version ({numbers})."),
        }
    }

    /// True where a name server holds the zone of an earlier day: it does not take changes over any more.
    pub fn is_stuck(&self) -> bool {
        self.behind.iter().any(|(_, serial)| {
            date(*serial)
                .zip(date(self.newest))
                .is_some_and(|(held, newest)| held < newest)
        })
    }
}

/// The day in a serial number of the usual form YYYYMMDDnn (RFC 1912, section 2.2).
fn date(serial: u32) -> Option<Date> {
    let day = serial / 100;
    let year = i16::try_from(day / 10_000)
        .ok()
        .filter(|year| (1990..2100).contains(year))?;
    let month = i8::try_from(day / 100 % 100).ok()?;
    let day = i8::try_from(day % 100).ok()?;
    Date::new(year, month, day).ok()
}
