//! A question of the catalog: what is asked, why, and what kind of value answers it.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::catalog::kind::QuestionKind;
use crate::catalog::neighbors::Neighbors;
use crate::catalog::slots::RecordSlot;

/// One question, as written in `questions.yaml` or a `component.yaml`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The name of the answer: snake case, unique in the catalog (or in its record).
    pub name: String,
    /// The question itself, one sentence.
    pub ask: String,
    /// Why it matters and what the default means.
    #[serde(default)]
    pub help: String,
    /// The group that it is shown in; a field has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What a value must look like.
    pub kind: KindName,
    /// The value taken when nothing else is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// An expression over earlier answers that gives the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_expr: Option<String>,
    /// An expression over earlier answers; the question is asked only when it is true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Of a field: what is missing where `when` is not true and the record has the field all the same, after "needs".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    /// Specific to this very project: a person is asked even when a preset has a value, which is an example only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub identity: bool,
    /// Of a field: an expression over earlier answers with which it is specific to this very project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_when: Option<String>,
    /// What names an id that may not exist yet: `later` is an answer, and in documents this stands for the id. A field has
    /// the name of its record before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<String>,
    /// Whether a person is asked on the way. Otherwise it has its default until `--set`, an answers file or the list of all
    /// answers gives another value.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub asked: bool,
    /// What changing the answer means where it was applied already, a sentence or two. An update that does says it. Of
    /// records, what it means that one is gone; of a field, what another value means for a record that stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changing: Option<String>,
    /// Largest length in characters (text, dns_label).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<usize>,
    /// Smallest number (integer) or number of items (records, env_names).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// Largest number (integer), number of items (records), or prefix length (cidr).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// A regular expression that the whole text must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The texts that are right, where they are too many to choose from: offered while a person types.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<String>,
    /// What a text is that does not match `pattern` or is not in `one_of`, as `is not ...`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern_hint: Option<String>,
    /// An expression over this and earlier answers that must be true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require: Option<String>,
    /// What is wrong otherwise, as `which ...`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require_message: Option<String>,
    /// An expression for what is wrong with the value: a list of clauses such as `which ...`, empty for a value that is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faults: Option<String>,
    /// What `scaffold detect` finds that answers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detected_by: Option<DetectedBy>,
    /// The values on offer (choice, multi_choice).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// The questions of one record (records).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Question>,
    /// Fields that must differ between the records (records).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unique: Vec<String>,
    /// The columns in which a person sees the records; without them the first fields (records).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub table: Vec<TableColumn>,
    /// A folder for nothing else (path): apart from those of all other questions that say so, and from what builds and tests
    /// write to.
    #[serde(default, skip_serializing_if = "is_no")]
    pub apart: bool,
    /// `.` is an answer, for the whole repository (path); it is not held `apart` from the folders in it.
    #[serde(default, skip_serializing_if = "is_no")]
    pub whole: bool,
    /// The answers that it is apart from, and the folders that are written to, as the whole catalog has them.
    #[serde(skip)]
    pub neighbors: Neighbors,
    /// Who sets environment variables already (env_names, variables).
    #[serde(skip)]
    pub set_by: Vec<SetBy>,
    /// Fields that a record has from another one, where a field of it names that one (records).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shares: Option<Shares>,
    /// Facts of each record for templates, as expressions over its fields, `provided` and the earlier facts (records).
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub derived: IndexMap<String, String>,
    /// The slots that each record fills for itself, as `slots.yaml` says (records).
    #[serde(skip)]
    pub slots: Vec<RecordSlot>,
}

/// A column of a table of records.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TableColumn {
    /// Its heading.
    pub title: String,
    /// Fields whose values it shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// Fields of which it shows a word where they hold or have something; before it how many, and behind all words the names.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub words: IndexMap<String, String>,
}

impl TableColumn {
    /// Whether it tells something of a field.
    pub fn shows(&self, field: &str) -> bool {
        self.words.contains_key(field) || self.fields.iter().any(|one| one == field)
    }
}

/// What a record has from another one of its list.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Shares {
    /// The field that names the other one by its first unique field; empty where the record shares nothing.
    pub by: String,
    /// The fields that are those of the other one: they are not asked, and not recorded.
    pub fields: Vec<String>,
    /// What `by` must be, as `the name of another ...`.
    pub what: String,
}

impl Shares {
    /// The other record that this one names.
    pub fn named<'r>(&self, record: &'r Record) -> Option<&'r str> {
        record.get(&self.by)?.as_str().filter(|name| !name.is_empty())
    }
}

/// A slot that sets environment variables of a service.
#[derive(Clone, Debug)]
pub struct SetBy {
    /// The slot.
    pub slot: String,
    /// Its title.
    pub title: String,
    /// An expression for the list of their names.
    pub names: String,
    /// An expression for those among them that the service may set to something else.
    pub may_differ: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_no(value: &bool) -> bool {
    !*value
}

fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_yes(value: &bool) -> bool {
    *value
}

/// One value on offer.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What is recorded.
    pub value: String,
    /// What a person reads.
    pub title: String,
    /// An expression over earlier answers; the choice can be taken only when it is true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// What is missing otherwise, after "needs".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    /// What a decision between the choices needs to know; all choices of a question have it, or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare: Option<Strategy>,
}

/// What a choice costs and promises, as far as the catalog does not tell by what it generates.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Strategy {
    /// What is paid for, and by what measure. Estimates are in the list `costs`, with the date of their prices.
    pub money: Vec<String>,
    /// Who does what, from now on.
    pub people: Vec<String>,
    /// The shortest recovery point that can be reached, and when it does not hold.
    pub rpo: String,
    /// The shortest recovery time that can be reached, and what it depends on.
    pub rto: String,
}

/// A finding that answers a question.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DetectedBy {
    /// Which finding.
    pub finding: FindingName,
    /// The systems or platforms for which it counts, as `scaffold detect --format json` calls them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<String>,
    /// The choices that stand for what is found, where none has its name or that one is not open.
    #[serde(default, rename = "as", skip_serializing_if = "IndexMap::is_empty")]
    pub words: IndexMap<String, String>,
}

/// What can be found, as the catalog writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingName {
    /// The name of the remote, or of the manifest at the top.
    ProjectName,
    /// The remote as `owner/name`, where it is on one of the platforms.
    Repository,
    /// The last owner of everything in `CODEOWNERS`.
    CodeOwners,
    /// The database that the services use, as `scaffold detect` calls it, or `none`.
    DatabaseEngine,
    /// The databases beside that one of which a service reads the address, each with a name.
    MoreDatabases,
    /// Which of the systems services use as a store beside the database, for a store that others operate.
    StoreEngine,
    /// What services keep in one of the systems that exists nowhere else: `jobs` or `sessions`.
    OnlyCopy,
    /// The checks that workflows of the repository report for every pull request.
    Checks,
    /// Those of these workflows that can be started on a branch.
    StartedWorkflows,
    /// Whether there are workflows.
    OwnWorkflows,
    /// The actions of others that workflows use.
    OtherActions,
    /// `false` where a workflow names an action otherwise than by its commit.
    PinnedActions,
    /// A folder for generated files in which none of people's is in their way.
    FreeFolder,
    /// What names of generated files begin with, so that no file has one of them already.
    FreePrefix,
    /// Which `CODEOWNERS` GitHub reads, where it is not that of `.github`: `CODEOWNERS`, or `docs`.
    CodeOwnersFile,
    /// All services; the fields say what each finding about one of them answers.
    Services,
    ServiceName,
    ServicePath,
    ServiceKind,
    Language,
    /// The version of its language that a service names, as its providers name versions.
    LanguageVersion,
    /// What installs the packages of a service.
    PackageManager,
    /// Whether a service is a package of a workspace whose lock file is at the top.
    Workspace,
    /// Whether the image of a service is built with a Dockerfile that is there: `own`.
    Image,
    Dockerfile,
    /// The folder that the image build of a service sees.
    Context,
    /// The stage of its Dockerfile.
    Target,
    /// The number of the user of its image.
    User,
    /// Folders of its image that it writes to.
    Writable,
    /// Whether the root file system of its image is read-only.
    ReadOnly,
    /// Build arguments that differ from those of its Dockerfile.
    BuildArgs,
    /// How a service that has no route for its state is asked: `tcp`, or `none` where it listens nowhere.
    Probe,
    Port,
    /// `/` for a service that is the only one.
    Route,
    /// The other prefixes that its routes have.
    MoreRoutes,
    /// Whether a proxy takes the prefix away.
    StripRoute,
    LivenessPath,
    ReadinessPath,
    Start,
    /// The service whose image a process of its code runs.
    ImageOf,
    /// What such a process starts, or what runs instead of the command of its own image.
    Command,
    /// When a job runs.
    Schedule,
    /// One, for a process of which two would do harm.
    MinReplicas,
    /// The folder of its container in which a service keeps files.
    Volume,
    Build,
    /// Libraries of the system that its program links.
    Libraries,
    /// How scripts and styles beside the program are built.
    Assets,
    Output,
    Lint,
    Typecheck,
    Test,
    CoverageFile,
    /// Whether a service uses one of the databases, where it uses any.
    Database,
    /// The database of the server whose name is in the address of a service, where services name several.
    DatabaseName,
    /// Whether a service uses a store of the answers that has one of the systems.
    Store,
    /// The command that applies migrations, where a service uses one of the databases.
    Migrate,
    /// Whether its program applies migrations when it starts, where a service uses one of the databases and no command does.
    MigratesAtStart,
    /// Names of variables with secrets, without the address of one of the databases.
    Secrets,
    /// Names of secrets without which a service runs as well.
    OptionalSecrets,
    /// Names of secrets that only the image build needs.
    BuildSecrets,
    /// Variables that are no secrets, with their values.
    Variables,
    /// Ports of other servers, besides those of HTTPS and of one of the databases.
    EgressPorts,
}

impl FindingName {
    /// Whether it counts only for some systems or platforms.
    pub fn is_of_some(self) -> bool {
        matches!(
            self,
            Self::Repository
                | Self::Database
                | Self::Store
                | Self::StoreEngine
                | Self::OnlyCopy
                | Self::Migrate
                | Self::MigratesAtStart
                | Self::Secrets
                | Self::OptionalSecrets
                | Self::Variables
        )
    }
}

/// Questions that are looked at together.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// What questions call it: snake case.
    pub name: String,
    /// What a person reads.
    pub title: String,
    /// What its answers decide, one sentence.
    pub why: String,
}

/// The name of a kind, as the catalog writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KindName {
    /// One line of text.
    Text,
    /// `true` or `false`.
    Bool,
    /// A whole number in a range.
    Integer,
    /// One of the choices.
    Choice,
    /// Any of the choices.
    MultiChoice,
    /// An RFC 1123 label that starts with a letter.
    DnsLabel,
    /// A fully qualified hostname.
    HostName,
    /// An e-mail address.
    Email,
    /// An IPv4 network.
    Cidr,
    /// Five cron fields in UTC.
    Cron,
    /// A span of time such as `1h30m`.
    Duration,
    /// `owner/name` of a repository.
    RepositorySlug,
    /// A TCP port, from 1024 unless `min` says otherwise: an unprivileged process can bind those.
    Port,
    /// TCP ports of other servers, each once.
    Ports,
    /// A folder of the repository.
    Path,
    /// The path of a URL.
    UrlPath,
    /// A semantic version.
    Version,
    /// The name of an environment variable.
    EnvName,
    /// Names of environment variables.
    EnvNames,
    /// Names of environment variables with their values.
    Variables,
    /// Texts that match the pattern, each once.
    Texts,
    /// Plain commands joined by ` && `.
    Command,
    /// One plain command.
    Program,
    /// A list of records.
    Records,
}

impl Question {
    /// What a value of this question must look like.
    pub fn kind(&self) -> QuestionKind<'_> {
        QuestionKind { question: self }
    }

    /// Whether there is nothing to choose: one choice, which is the default.
    pub fn has_one_choice(&self) -> bool {
        self.kind == KindName::Choice && self.choices.len() == 1
    }

    /// Whether a finding answers it.
    pub fn is_detected_by(&self, finding: FindingName) -> bool {
        self.detected_by.as_ref().is_some_and(|by| by.finding == finding)
    }

    /// The field of one record that chooses among values.
    pub fn choice_field(&self, name: &str) -> Option<&Question> {
        self.field(name).filter(|field| field.kind == KindName::Choice)
    }

    /// The record of these that another one names and that shares nothing itself.
    pub fn shared_by<'r>(&self, record: &Record, records: impl IntoIterator<Item = &'r Record>) -> Option<&'r Record> {
        let shares = self.shares.as_ref()?;
        let (name, id) = (shares.named(record)?, self.unique.first()?);
        let is_it =
            |other: &&Record| other.get(id).and_then(Value::as_str) == Some(name) && shares.named(other).is_none();
        records.into_iter().find(is_it)
    }

    /// What a record has from another one.
    pub fn shared_fields(&self, other: &Record) -> Record {
        let fields = self.shares.iter().flat_map(|shares| &shares.fields);
        fields.filter_map(|field| Some((field.clone(), other.get(field)?.clone()))).collect()
    }

    /// The fields of one record by name.
    pub fn field(&self, name: &str) -> Option<&Question> {
        self.fields.iter().find(|f| f.name == name)
    }
}

/// Something that must hold across answers.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// An expression over the answers; the rule holds only when it is true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// An expression that must be true.
    pub require: String,
    /// What is wrong otherwise; a template.
    pub message: String,
    /// What to do about it; a template.
    #[serde(default)]
    pub hint: String,
    /// The answers that it is about, the one to change first.
    pub answers: Vec<String>,
}

/// Answers by name, in the order of the questions.
pub type Values = IndexMap<String, Value>;

/// What is known by name: answers, and facts that follow from them.
pub trait Known {
    /// The value of a name.
    fn known(&self, name: &str) -> Option<&Value>;
}

impl Known for Values {
    fn known(&self, name: &str) -> Option<&Value> {
        self.get(name)
    }
}

/// An item of an answer that is a list, such as a service: values by field.
pub type Record = Map<String, Value>;
