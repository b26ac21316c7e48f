//! What the intake of the command can remark on.

use intake::codes;

codes! {
    Empty Error "empty" "Nothing was pasted.",
    TooLong Error "too-long" "The text is longer than 16 KiB, or the command than 500 words.",
    NotUtf8 Error "not-utf-8" "The bytes are not UTF-8 text.",
    InvisibleCharacter Error "invisible-character" "A character that cannot be seen: zero-width, bidirectional, byte order mark.",
    ControlCharacter Error "control-character" "A control character other than tab and line break.",

    NotACommand Error "not-a-command" "There is no AWS CLI command in the text, nor only a service name.",
    SeveralCommands Error "several-commands" "There is more than one command in the text.",
    TextBeforeCommand Error "text-before-command" "Something stands before `aws` on its line, such as `sudo`.",
    TextAroundCommand Error "text-around-command" "A line that is neither part of the command nor plain text.",
    WrongCommand Error "wrong-command" "Another AWS command than `aws ec2 create-vpc-endpoint`.",
    ModifyCommand Error "modify-command" "The wizard's second command, which turns on private DNS; it is not needed.",

    BrokenLine Error "broken-line" "A line break inside the command without a blank and a continuation character before it.",
    StrayContinuation Error "stray-continuation" "A continuation character that is not at the end of its line.",
    UnclosedQuote Error "unclosed-quote" "A quotation mark without its partner.",
    CommandSeparator Error "command-separator" "`;`, `|` or `&`, which begin another command.",
    Redirection Error "redirection" "`<` or `>`, which read or write a file.",
    CommandSubstitution Error "command-substitution" "`$(…)` or backticks, which run another command.",
    ShellCharacter Error "shell-character" "Another character that a shell treats specially, outside of quotes.",

    StrayWord Error "stray-word" "A word that belongs to no flag.",
    UnknownFlag Error "unknown-flag" "A flag that `aws ec2 create-vpc-endpoint` does not have.",
    AbbreviatedFlag Error "abbreviated-flag" "The beginning of a flag's name instead of the whole.",
    RefusedFlag Error "refused-flag" "A flag that changes what is made, or reads or sends something else.",
    RefusedValue Error "refused-value" "A value of a flag that changes what is made.",
    RepeatedFlag Error "repeated-flag" "A flag that is given twice.",
    MissingFlag Error "missing-flag" "A flag that Atlas always prints is not there.",
    MissingValue Error "missing-value" "A flag without its value.",
    UnexpectedValue Error "unexpected-value" "A value for a flag that takes none.",
    ReadsFile Error "reads-file" "A value that the AWS CLI would load from a file or address.",

    Placeholder Error "placeholder" "A placeholder that was not replaced, or a variable of a shell.",
    LookAlike Error "look-alike" "A letter of another alphabet, often one that only looks right.",
    VpcMismatch Error "vpc-mismatch" "Another VPC than the one that was handed out.",
    RegionMismatch Error "region-mismatch" "Another region than the platform's.",
    SubnetMismatch Error "subnet-mismatch" "A subnet that was not handed out.",
    EndpointTypeMismatch Error "endpoint-type-mismatch" "Another type of endpoint than Interface.",
    MalformedServiceName Error "malformed-service-name" "Not the full name of an endpoint service.",
    AwsService Error "aws-service" "A service of AWS itself instead of Atlas's endpoint service.",
    ServiceRegionMismatch Error "service-region-mismatch" "The endpoint service is in another region.",
    TargetMismatch Error "target-mismatch" "The endpoint service does not belong to the kind of deployment on the ticket.",

    IgnoredFlag Note "ignored-flag" "A flag without effect here: the platform sets its own value.",
    IgnoredText Note "ignored-text" "Plain text around the command was left out.",
    NormalisedCharacter Note "normalised-character" "A typographic character was read as the plain one.",
    DanglingContinuation Note "dangling-continuation" "A continuation character with nothing after it.",
    BlankAfterContinuation Note "blank-after-continuation" "Blanks between a continuation character and its line break.",
    DuplicateSubnet Note "duplicate-subnet" "A subnet that is named twice counts once.",
    SplitSubnets Note "split-subnets" "Subnets in one word were read one by one.",
    LetterCase Note "letter-case" "Written in another case than the AWS CLI's own.",
}
