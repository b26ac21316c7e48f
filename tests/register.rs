//! The register against a table: whatever becomes of the writes on their way, the item is that of the straight way.

#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test may do what the test itself may")]

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join_all;
use local_stack::stack::{self, Options, Stack};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use register::{
    Bound, Claim, Delivered, Fenced, Line, MOST_COMMENTS, MOST_WITH_ANSWERS, Opened, Order, Outcome, Register, Shown,
    Shows, unix_milliseconds,
};
use shared::facts::Facts;
use shared::failure::Failure;
use shared::ids::OnboardingId;
use shared::message::Message;
use shared::reference::Reference;
use shared::state::State;
use shared::wish::{Side, Wish};
use step::StepError;

/// A write of a step.
#[derive(Debug, Clone)]
enum Write {
    Show(Box<Shown>, Line),
    Deliver(Reference, Delivered),
    /// As when the record is opened late, or again.
    Open,
}

fn shown(step: u32, retry: u32, state: State) -> Shown {
    let outcome = state.is_ended().then(|| Outcome { at: at(step), reason: None, told_by: None, message: None });
    let problem = Some(format!("as of step {step}"));
    let facts = Facts { problem, ..Facts::default() };
    Shown {
        order: Order::new(0, step, retry),
        state,
        held_at: None,
        since: at(step),
        error: None,
        wait: None,
        pause: None,
        facts,
        outcome,
    }
}

fn at(step: u32) -> String {
    format!("2026-07-04T05:33:{step:02}Z")
}

/// The writes of an onboarding in their order; some steps are tried again.
fn straight() -> Vec<Write> {
    let states = [
        State::PreparingNetwork,
        State::AwaitingCommand,
        State::AwaitingAcceptance,
        State::AwaitingSource,
        State::Verifying,
        State::Expired,
    ];
    let mut writes = Vec::new();
    for (step, state) in (1..).zip(states) {
        for retry in 0..=step % 2 {
            let what = format!("{} at step {step}", state.name());
            writes
                .push(Write::Show(Box::new(shown(step, retry, state)), Line { at: at(step), what, for_ticket: true }));
        }
        writes.push(Write::Deliver(Reference::Step { closing: 0, step }, Delivered::Posted));
    }
    // The last message was given up, and posted when somebody had moved it back.
    writes.push(Write::Deliver(Reference::Step { closing: 0, step: 6 }, Delivered::GivenUp));
    writes.push(Write::Open);
    writes
}

/// What there is to be known at the end, as a model has it: the newest that is shown, all lines, all deliveries.
fn model(writes: &[Write]) -> (Shown, BTreeMap<Reference, Line>, Vec<Reference>) {
    let mut newest = shown(0, 0, State::Checking);
    let mut lines = BTreeMap::new();
    let mut delivered = Vec::new();
    for write in writes {
        match write {
            Write::Show(shown, line) => {
                lines.entry(shown.order.reference()).or_insert_with(|| line.clone());
                if shown.order > newest.order {
                    newest = *shown.clone();
                }
            }
            Write::Deliver(reference, _) => delivered.push(reference.clone()),
            Write::Open => {}
        }
    }
    delivered.sort_unstable();
    delivered.dedup();
    (newest, lines, delivered)
}

async fn open(register: &Register) -> OnboardingId {
    let execution_arn = format!("arn:aws:states:us-east-1:000000000000:execution:test:{}", uuid::Uuid::new_v4());
    let id = OnboardingId::of(&execution_arn);
    open_again(register, &id).await;
    id
}

async fn open_again(register: &Register, id: &OnboardingId) {
    let execution_arn = "arn:aws:states:us-east-1:000000000000:execution:test:one".to_owned();
    let opened = Opened { execution_arn, ticket: None, customer: None };
    register.open(id, opened).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_register_holds_what_is_newest() {
    let stack = Stack::start(&Options::patient("register").unwrap(), |_| ()).await.unwrap();
    let register = Register::new(&stack::config(&stack.addresses.aws).await, stack.addresses.table.clone());
    any_order_ends_as_the_straight_one(&register);
    of_many_claims_to_what_is_asked_one_is_had(&register).await;
    a_comment_is_heard_once_and_a_question_once_a_day(&register).await;
    an_end_stays_that_is_held_when_it_is_told_again(&register).await;
    what_is_not_there_is_not_made_by_the_way(&register).await;
    what_ended_without_a_connection_is_kept_for_a_year(&register, &stack).await;
    behind_a_fence_nothing_but_a_closing_writes(&register).await;
    of_many_closings_one_has_the_number(&register).await;
    a_wish_is_kept_once_and_before_the_end(&register).await;
    what_the_end_says_is_kept_until_it_was_put_again(&register).await;
    what_has_not_come_to_rest_is_looked_at_in_turn(&register).await;
    stack.stop().await;
}

fn any_order_ends_as_the_straight_one(register: &Register) {
    let writes = straight();
    // Every write at least once, in any order, some of them again: as late, lost and repeated tries come.
    let every: Vec<usize> = (0..writes.len()).collect();
    let again = proptest::collection::vec(0..writes.len(), 0..8);
    let orders = again.prop_flat_map(move |again| Just([every.clone(), again].concat()).prop_shuffle());
    let expected = model(&writes);
    let runtime = tokio::runtime::Handle::current();
    let mut runner = TestRunner::new(Config { cases: 32, failure_persistence: None, ..Config::default() });
    let result = runner.run(&orders, |order| {
        let came: Vec<Write> = order.iter().map(|index| writes[*index].clone()).collect();
        let item = tokio::task::block_in_place(|| {
            runtime.block_on(async {
                let id = open(register).await;
                for write in &came {
                    match write {
                        Write::Show(shown, line) => {
                            register.show(&id, shown, Some((&shown.order.reference(), line))).await.map(|_| ())
                        }
                        Write::Deliver(reference, what) => register.deliver(&id, reference, *what, None).await,
                        Write::Open => {
                            open_again(register, &id).await;
                            Ok(())
                        }
                    }
                    .unwrap();
                }
                register.read(&id).await.unwrap().unwrap()
            })
        });
        let mut timeline = item.timeline;
        let first = timeline.remove(&Reference::Step { closing: 0, step: 0 });
        prop_assert!(first.is_some());
        prop_assert_eq!((item.shown, timeline), (expected.0.clone(), expected.1.clone()));
        prop_assert!(item.deliveries.values().all(|delivery| delivery.what == Delivered::Posted));
        prop_assert_eq!(item.deliveries.into_keys().collect::<Vec<_>>(), expected.2.clone());
        Ok(())
    });
    assert!(result.is_ok(), "{result:?}");
}

async fn an_end_stays_that_is_held_when_it_is_told_again(register: &Register) {
    let id = open(register).await;
    let connected = |step| shown(step, 0, State::Connected);
    assert_eq!(register.show(&id, &connected(5), None).await.unwrap(), Shows::This);
    assert_eq!(register.show(&id, &shown(6, 0, State::Held), None).await.unwrap(), Shows::Newer);
    assert!(register.read(&id).await.unwrap().unwrap().has_ended());
    assert_eq!(register.show(&id, &connected(7), None).await.unwrap(), Shows::This);
}

async fn a_comment_is_heard_once_and_a_question_once_a_day(register: &Register) {
    let id = open(register).await;
    let line = |what: &str| Line { at: "2026-07-04T05:33:18.123Z".to_owned(), what: what.to_owned(), for_ticket: true };
    let heard = async |comment: &str, what: &str, heard| {
        let comment = comment.parse().unwrap();
        let heard = register.hear(&id, &comment, &line(what), heard).await.unwrap();
        heard.map(|onboarding| (onboarding.comments, onboarding.timeline[&Reference::Comment(comment)].what.clone()))
    };
    let is = |comments, what: &str| Some((comments, what.to_owned()));
    assert_eq!(heard("71", "first", Bound::Question).await, is(1, "first"));
    assert_eq!(heard("71", "again", Bound::Question).await, is(1, "first"), "its line stays");
    assert_eq!(heard("72", "another", Bound::Question).await, None, "one a day");
    assert_eq!(heard("73", "late", Bound::Other).await, is(2, "late"));
    for number in 3..=MOST_COMMENTS {
        assert_eq!(heard(&format!("a{number}"), "more", Bound::Other).await, is(number, "more"));
    }
    assert_eq!(heard("74", "too many", Bound::Other).await, None);
    for number in MOST_COMMENTS + 1..=MOST_WITH_ANSWERS {
        assert_eq!(heard(&format!("b{number}"), "a command", Bound::Answer).await, is(number, "a command"));
    }
    assert_eq!(heard("75", "too many", Bound::Answer).await, None);
    assert_eq!(heard("73", "again", Bound::Other).await, is(MOST_WITH_ANSWERS, "late"));
    register.deliver(&id, &Reference::Comment("73".parse().unwrap()), Delivered::Posted, None).await.unwrap();
    assert_eq!(register.read(&id).await.unwrap().unwrap().deliveries.len(), 1);

    let id = open(register).await;
    register.fence(&id, 1).await.unwrap();
    assert_eq!(register.hear(&id, &"71".parse().unwrap(), &line("late"), Bound::Answer).await.unwrap(), None);
    let nobody = OnboardingId::of("nobody");
    assert_eq!(register.hear(&nobody, &"71".parse().unwrap(), &line("?"), Bound::Question).await.unwrap(), None);
}

async fn of_many_claims_to_what_is_asked_one_is_had(register: &Register) {
    let id = open(register).await;
    let wait = shown(4, 0, State::AwaitingCommand);
    assert_eq!(register.show(&id, &wait, None).await.unwrap(), Shows::This);
    assert_eq!(register.show(&id, &wait, None).await.unwrap(), Shows::Newer);
    let claim =
        |step, digest: &str, at| Claim { order: Order::new(0, step, 0), digest: digest.to_owned(), at, request: None };
    let now = unix_milliseconds();
    assert!(!register.claim(&id, &claim(3, "early", now)).await.unwrap());
    let claims: Vec<Claim> = (0..8).map(|number| claim(4, &number.to_string(), now)).collect();
    let had = join_all(claims.iter().map(|claim| register.claim(&id, claim))).await;
    let had: Vec<_> = had.into_iter().zip(&claims).filter(|(had, _)| *had.as_ref().unwrap()).collect();
    let [(_, winner)] = had[..] else { panic!("{} of eight claims are had", had.len()) };
    assert_eq!(register.read(&id).await.unwrap().unwrap().claimed(), Some(winner));
    assert!(register.claim(&id, winner).await.unwrap(), "the same answer has it again");
    assert!(!register.claim(&id, &claim(4, "other", now + Claim::HOLDS - 1)).await.unwrap());
    assert!(register.claim(&id, &claim(4, "other", now + Claim::HOLDS)).await.unwrap(), "it holds no more");
    register.show(&id, &shown(5, 0, State::AwaitingAcceptance), None).await.unwrap();
    assert!(!register.claim(&id, &claim(4, "late", now)).await.unwrap());
    assert_eq!(register.read(&id).await.unwrap().unwrap().claimed(), None);
}

async fn what_is_not_there_is_not_made_by_the_way(register: &Register) {
    let id = OnboardingId::of("arn:none");
    let line = Line { at: at(1), what: "told".to_owned(), for_ticket: true };
    assert_eq!(
        register
            .show(&id, &shown(1, 0, State::Expired), Some((&Reference::Step { closing: 0, step: 1 }, &line)))
            .await
            .unwrap(),
        Shows::Nothing
    );
    register.deliver(&id, &Reference::Step { closing: 0, step: 1 }, Delivered::Posted, None).await.unwrap();
    assert_eq!(register.read(&id).await.unwrap(), None);
}

async fn what_ended_without_a_connection_is_kept_for_a_year(register: &Register, stack: &Stack) {
    let dynamodb = aws_sdk_dynamodb::Client::new(&stack::config(&stack.addresses.aws).await);
    let days_left = async |state| {
        let id = open(register).await;
        register.show(&id, &shown(1, 0, state), None).await.unwrap();
        let key = AttributeValue::S(format!("onboarding/{id}"));
        let item = dynamodb.get_item().table_name(&stack.addresses.table).key("key", key).send().await.unwrap();
        let expires = item.item.unwrap().get("expires").map(|expires| expires.as_n().unwrap().parse::<u64>().unwrap());
        expires.map(|expires| (expires - unix_milliseconds() / 1000).div_ceil(24 * 60 * 60))
    };
    for state in [State::Declined, State::Expired, State::Failed] {
        assert_eq!(days_left(state).await, Some(365), "{state:?}");
    }
    for state in [State::Connected, State::AwaitingCommand] {
        assert_eq!(days_left(state).await, None, "{state:?}");
    }
}

/// What a step of the closing with this number shows.
fn closing(number: u32, step: u32, state: State) -> Shown {
    Shown { order: Order::new(number, step, 0), outcome: None, ..shown(step, 0, state) }
}

async fn behind_a_fence_nothing_but_a_closing_writes(register: &Register) {
    let id = open(register).await;
    assert!(matches!(register.fence(&OnboardingId::of("arn:none"), 1).await.unwrap(), Fenced::Nothing));
    let wait = shown(4, 0, State::AwaitingCommand);
    register.show(&id, &wait, None).await.unwrap();
    let Fenced::Now(fenced) = register.fence(&id, 1).await.unwrap() else { panic!("it is not fenced") };
    assert_eq!((fenced.shown.clone(), fenced.fence.map(|fence| fence.closing)), (wait.clone(), Some(1)));
    let line = Line { at: at(5), what: "late".to_owned(), for_ticket: true };
    let late = register
        .show(&id, &shown(5, 0, State::AwaitingAcceptance), Some((&Reference::Step { closing: 0, step: 5 }, &line)))
        .await;
    assert_eq!(late, Err(StepError::Closed));
    let claim = Claim { order: wait.order, digest: "late".to_owned(), at: unix_milliseconds(), request: None };
    assert!(!register.claim(&id, &claim).await.unwrap(), "nobody answers any more");
    register.deliver(&id, &Reference::Step { closing: 0, step: 4 }, Delivered::Posted, None).await.unwrap();
    // A later closing overtakes the first, and what is shown is what it shows, however few steps it has.
    register.show(&id, &closing(1, 1, State::Failed), None).await.unwrap();
    assert!(matches!(register.fence(&id, 2).await.unwrap(), Fenced::Now(_)));
    assert_eq!(register.show(&id, &closing(1, 2, State::Failed), None).await, Err(StepError::Closed));
    assert_eq!(register.fence(&id, 1).await.unwrap_err(), StepError::Closed);
    assert_eq!(register.show(&id, &closing(2, 1, State::Expired), None).await.unwrap(), Shows::This);
    let item = register.read(&id).await.unwrap().unwrap();
    assert!(item.is_closing() && item.timeline.len() == 1 && item.deliveries.len() == 1, "{item:?}");
    // Lifted by who set it, and by nobody else.
    register.lift_fence(&id, 1).await.unwrap();
    assert!(register.read(&id).await.unwrap().unwrap().fence.is_some());
    register.lift_fence(&id, 2).await.unwrap();
    assert!(register.read(&id).await.unwrap().unwrap().fence.is_none());
    let ended = Shown {
        outcome: Some(Outcome { at: at(7), reason: None, told_by: None, message: None }),
        ..closing(2, 7, State::Failed)
    };
    register.show(&id, &ended, None).await.unwrap();
    assert!(matches!(register.fence(&id, 3).await.unwrap(), Fenced::Ended(_)));
}

async fn of_many_closings_one_has_the_number(register: &Register) {
    let id = open(register).await;
    for number in 1..=2 {
        let had = join_all((0..8).map(|_| register.number_closing(&id, number))).await;
        assert_eq!(had.into_iter().filter(|had| *had.as_ref().unwrap()).count(), 1);
        assert_eq!(register.read(&id).await.unwrap().unwrap().closings, number);
    }
    assert!(!register.number_closing(&OnboardingId::of("arn:none"), 1).await.unwrap());
}

async fn a_wish_is_kept_once_and_before_the_end(register: &Register) {
    let wish = |why: &str| Wish { by: Side::Customer, who: "Ada".parse().unwrap(), why: why.parse().unwrap() };
    let id = open(register).await;
    let shows = shown(4, 0, State::AwaitingCommand);
    register.show(&id, &shows, None).await.unwrap();
    assert!(!register.wish(&id, &wish("too late"), Some(Order::new(0, 3, 0))).await.unwrap());
    assert!(register.wish(&id, &wish("first"), Some(shows.order)).await.unwrap());
    assert!(!register.wish(&id, &wish("second"), None).await.unwrap());
    assert_eq!(register.read(&id).await.unwrap().unwrap().wish, Some(wish("first")));
    let claim = Claim { order: shows.order, digest: "late".to_owned(), at: unix_milliseconds(), request: None };
    assert!(!register.claim(&id, &claim).await.unwrap(), "who wants it closed does not answer");
    let id = open(register).await;
    let ended = Shown {
        outcome: Some(Outcome { at: at(7), reason: None, told_by: None, message: None }),
        ..shown(7, 0, State::Connected)
    };
    register.show(&id, &ended, None).await.unwrap();
    assert!(!register.wish(&id, &wish("too late"), None).await.unwrap());
    assert!(!register.wish(&OnboardingId::of("arn:none"), &wish("whose?"), None).await.unwrap());
}

async fn what_the_end_says_is_kept_until_it_was_put_again(register: &Register) {
    let id = open(register).await;
    let told = Reference::Step { closing: 0, step: 7 };
    let failure = Failure { state: "Create endpoint".to_owned(), error: "Step.Operator".to_owned(), cause: None };
    let message = Some(Message::Failed { failure });
    let outcome = Outcome { at: at(7), reason: None, told_by: Some(told.clone()), message: message.clone() };
    let ended = Shown { outcome: Some(outcome), ..shown(7, 0, State::Failed) };
    let kept = async || register.read(&id).await.unwrap().unwrap().shown.outcome.unwrap().message;
    register.put_again(&id, &told).await.unwrap();
    register.show(&id, &ended, None).await.unwrap();
    register.put_again(&id, &Reference::Step { closing: 1, step: 7 }).await.unwrap();
    assert_eq!(kept().await, message, "another message was put again");
    for _ in 0..2 {
        register.put_again(&id, &told).await.unwrap();
        assert_eq!(kept().await, None);
    }
    let nobody = OnboardingId::of("nobody");
    register.put_again(&nobody, &told).await.unwrap();
    assert_eq!(register.read(&nobody).await.unwrap(), None);
}

async fn what_has_not_come_to_rest_is_looked_at_in_turn(register: &Register) {
    for id in register.open_onboardings(100).await.unwrap() {
        let ended = Shown {
            outcome: Some(Outcome { at: at(7), reason: None, told_by: None, message: None }),
            ..closing(9, 9, State::Failed)
        };
        let _ = register.show(&id, &ended, None).await;
        register.come_to_rest(&id).await.unwrap();
    }
    let (first, second) = (open(register).await, open(register).await);
    assert_eq!(register.open_onboardings(1).await.unwrap(), std::slice::from_ref(&first));
    register.looked_at(&first).await.unwrap();
    assert_eq!(register.open_onboardings(100).await.unwrap(), [second.clone(), first.clone()]);
    register.come_to_rest(&first).await.unwrap();
    assert_eq!(register.open_onboardings(100).await.unwrap().len(), 2, "it has not ended");
    let ended = Shown {
        outcome: Some(Outcome { at: at(7), reason: None, told_by: None, message: None }),
        ..shown(7, 0, State::Connected)
    };
    register.show(&first, &ended, None).await.unwrap();
    register.come_to_rest(&first).await.unwrap();
    register.looked_at(&first).await.unwrap();
    assert_eq!(register.open_onboardings(100).await.unwrap(), [second]);
}
