//! Spellings out of tickets, forms and Atlas's and AWS's own pages, and what must not be read out of them.

mod regions;
mod targets;
