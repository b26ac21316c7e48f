//! Where the emulators differ from AWS, and where they were made not to: an upgrade that changes it is noticed here.
//! ARCHITECTURE.md has the table.

mod emulators;
mod events;
mod executions;
mod faults;
mod functions;
mod gateway;
mod moto;
mod queues;
mod stack;
mod states;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;
use tokio::sync::Mutex;

use emulators::Emulators;

/// The emulators, started by the first test that asks, or why they did not start.
type Started = Mutex<Option<Result<Arc<Emulators>, String>>>;

macro_rules! trials {
    ($runtime:ident, $started:ident: $($file:ident::$test:ident),* $(,)?) => {
        vec![$({
            let (runtime, started) = (Arc::clone(&$runtime), Arc::clone(&$started));
            Trial::test(stringify!($test), move || {
                let tested = runtime.block_on(async { $file::$test(&*get(&started).await?).await });
                tested.map_err(|error: anyhow::Error| Failed::from(format!("{error:#}")))
            })
        }),*]
    };
}

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => layout::conclude(Err(error.context("the emulators"))),
    }
}

fn run() -> Result<ExitCode> {
    let runtime = Arc::new(Runtime::new()?);
    let started = Arc::new(Started::default());
    let trials = trials![runtime, started:
        events::an_event_reaches_a_function_that_is_killed_at_first,
        events::an_event_that_its_function_does_not_take_goes_to_the_destination_for_failures,
        events::the_clock_is_scaled_and_leaves_out_a_rule_that_is_switched_off,
        events::an_event_passes_by_a_rule_that_is_switched_off,
        executions::a_name_that_is_taken_answers_the_running_execution_of_the_same_input_only,
        executions::a_child_refuses_a_name_that_is_taken,
        executions::a_child_that_fails_is_a_failed_task,
        executions::the_end_of_a_child_is_told_on_the_default_bus,
        executions::a_child_says_who_calls_as_any_execution,
        executions::a_child_is_stopped_with_its_parent,
        executions::what_was_stopped_stays_stopped,
        executions::nothing_of_what_was_stopped_is_tried_again,
        executions::nothing_catches_what_ends_an_execution_on_aws,
        faults::a_function_is_killed_before_it_answers,
        faults::a_function_is_killed_after_its_work,
        faults::a_function_is_out_of_memory,
        faults::an_inactive_function_is_not_called,
        faults::a_cold_function_is_a_new_process,
        faults::a_function_is_called_twice_for_one_answer,
        faults::a_fault_meets_one_execution_and_is_skipped_as_asked,
        faults::a_fault_of_an_integration_may_come_after_its_effect,
        faults::a_child_whose_start_is_not_answered_goes_on_by_itself,
        faults::a_fault_that_nobody_knows_is_refused,
        functions::a_trace_id_says_who_calls,
        functions::a_function_that_takes_too_long_is_killed,
        functions::the_time_of_functions_is_scaled,
        gateway::an_api_answers_under_its_id,
        gateway::an_api_says_nothing_of_the_failure_of_its_function,
        moto::endpoints_are_available_at_once_of_any_service,
        moto::a_client_token_is_ignored,
        moto::a_deleted_endpoint_stays_in_the_list_and_an_unknown_one_is_no_error,
        moto::a_security_group_in_use_is_deleted,
        queues::the_messages_of_one_group_come_one_after_the_other_and_other_groups_go_on,
        queues::a_message_that_is_not_done_with_comes_again_when_its_function_has_said,
        queues::a_trace_id_says_whose_messages_are_taken,
        stack::a_reference_to_a_secret_is_its_name,
        stack::an_item_of_a_table_is_kept_beyond_its_time,
        states::the_failure_of_a_function_fails_the_state_that_waits_for_a_token,
        states::every_try_has_a_token_of_its_own,
        states::a_token_that_was_used_is_unknown,
        states::the_time_of_a_state_is_an_expression_and_scaled,
        states::a_wait_is_scaled,
        states::variables_are_assigned_together,
        states::a_short_wait_is_as_long_as_on_aws,
        states::a_token_of_a_stopped_execution_is_unknown,
        states::the_output_of_succeed_is_ignored,
    ];
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    runtime.block_on(async {
        if let Some(Ok(emulators)) = started.lock().await.take()
            && let Some(emulators) = Arc::into_inner(emulators)
        {
            emulators.stop().await;
        }
    });
    Ok(conclusion.exit_code())
}

async fn get(started: &Started) -> Result<Arc<Emulators>> {
    let mut started = started.lock().await;
    if started.is_none() {
        *started = Some(Emulators::start().await.map(Arc::new).map_err(|error| format!("{error:#}")));
    }
    let known = started.clone().unwrap_or_else(|| Err("nobody started them".to_owned()));
    known.map_err(|error| anyhow!("the emulators did not start: {error}"))
}
