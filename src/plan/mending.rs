//! The remedy of each named mistake in the words of the DNS host that was recognized, with the very name to type.

use crate::catalog::mending;
use crate::catalog::mending::Spot;
use crate::records::verdict::Judgement;

/// The judgement with remedies for this panel.
pub fn in_panel_words(mut judgement: Judgement, spot: &Spot<'_>) -> Judgement {
    for finding in &mut judgement.findings {
        if let Some(remedy) = mending::remedy(finding.code, spot) {
            finding.remedy = remedy;
        }
    }
    judgement
}
