//! The rung `dkim`.

use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::ladder::Standing;
use crate::plan::page::Answer;
use crate::plan::page::Block;
use crate::plan::page::Form;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::walk::Taken;
use crate::plan::wanted::Wanted;

pub fn pages(_facts: &Facts) -> Vec<PageId> {
    vec![PageId::DkimOverview]
}

pub fn standing(_id: &PageId, _facts: &Facts, _live: Option<&Live>) -> Standing {
    Standing::Needs
}

pub fn page(id: &PageId, _facts: &Facts, _live: &Live) -> Page {
    Page {
        id: id.clone(),
        step: StepId::Dkim,
        title: StepId::Dkim.title().to_owned(),
        blocks: vec![Block::Text("This page is being written.".to_owned())],
        form: Form::Nothing,
        why: String::new(),
        next: Next::Go("Go on".to_owned()),
    }
}

pub fn reply(
    _facts: &mut Facts,
    _id: &PageId,
    _answer: Answer,
    _live: &Live,
) -> Result<Taken, String> {
    Ok(Taken::default())
}

pub fn wanted(_facts: &Facts) -> Vec<Wanted> {
    Vec::new()
}
pub fn nothing_left(_facts: &Facts) -> bool {
    true
}
pub fn parts(_facts: &Facts, _live: &Live) -> Vec<(crate::plan::page::Mark, String)> {
    Vec::new()
}
