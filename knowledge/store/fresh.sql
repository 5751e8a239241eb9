CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

CREATE TABLE embeddings (
	hash TEXT NOT NULL, 
	model TEXT NOT NULL, 
	vector BLOB NOT NULL, 
	tokens BLOB NOT NULL, 
	PRIMARY KEY (hash, model)
);

CREATE TABLE meta (
	"key" TEXT NOT NULL, 
	value TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY ("key")
);

CREATE TABLE passage_changes (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	passage_id INTEGER NOT NULL, 
	op TEXT NOT NULL
);

CREATE TABLE people (
	id INTEGER NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	email TEXT DEFAULT '' NOT NULL, 
	is_bot SMALLINT DEFAULT '0' NOT NULL, 
	has_left SMALLINT DEFAULT '0' NOT NULL, 
	opted_out SMALLINT DEFAULT '0' NOT NULL, 
	timezone TEXT DEFAULT '' NOT NULL, 
	slack_id TEXT DEFAULT '' NOT NULL, 
	discord_id TEXT DEFAULT '' NOT NULL, left_time BIGINT DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE receipts (
	platform TEXT NOT NULL, 
	team TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	ts TEXT NOT NULL, 
	state TEXT NOT NULL, 
	holder TEXT DEFAULT '' NOT NULL, 
	taken_time BIGINT NOT NULL, 
	thread TEXT DEFAULT '' NOT NULL, 
	asker TEXT DEFAULT '' NOT NULL, 
	attempts INTEGER DEFAULT '1' NOT NULL, 
	reply_ts TEXT DEFAULT '' NOT NULL, 
	payload TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (platform, team, channel, ts)
);

CREATE INDEX receipts_state ON receipts (state);

CREATE INDEX receipts_thread ON receipts (platform, team, channel, thread);

CREATE TABLE repos (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	location TEXT DEFAULT '' NOT NULL, 
	head TEXT DEFAULT '' NOT NULL, 
	branch TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);

CREATE TABLE commits (
	id INTEGER NOT NULL, 
	repo_id INTEGER NOT NULL, 
	seq BIGINT NOT NULL, 
	sha TEXT NOT NULL, 
	author_time BIGINT NOT NULL, 
	commit_time BIGINT NOT NULL, 
	subject TEXT DEFAULT '' NOT NULL, 
	body TEXT DEFAULT '' NOT NULL, 
	path_count INTEGER DEFAULT '0' NOT NULL, 
	weight DOUBLE DEFAULT '1' NOT NULL, 
	why TEXT DEFAULT '' NOT NULL, 
	is_merge SMALLINT DEFAULT '0' NOT NULL, 
	reachable SMALLINT DEFAULT '1' NOT NULL, is_counted SMALLINT DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(repo_id) REFERENCES repos (id), 
	UNIQUE (repo_id, sha)
);

CREATE INDEX commits_seq ON commits (repo_id, seq);

CREATE INDEX commits_time ON commits (repo_id, commit_time);

CREATE INDEX commits_gone ON commits (repo_id, id) WHERE reachable = 0;

CREATE TABLE cursors (
	source TEXT NOT NULL, 
	repo_id INTEGER NOT NULL, 
	value TEXT DEFAULT '{}' NOT NULL, 
	time BIGINT NOT NULL, 
	PRIMARY KEY (source, repo_id), 
	FOREIGN KEY(repo_id) REFERENCES repos (id)
);

CREATE TABLE documents (
	id INTEGER NOT NULL, 
	repo_id INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	path TEXT NOT NULL, 
	commit_sha TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(repo_id) REFERENCES repos (id), 
	UNIQUE (repo_id, source, path)
);

CREATE TABLE identities (
	id INTEGER NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	email TEXT DEFAULT '' NOT NULL, 
	person_id INTEGER, 
	why TEXT DEFAULT '' NOT NULL, 
	is_bot SMALLINT DEFAULT '0' NOT NULL, opted_out SMALLINT DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(person_id) REFERENCES people (id), 
	UNIQUE (name, email)
);

CREATE TABLE nodes (
	id INTEGER NOT NULL, 
	repo_id INTEGER NOT NULL, 
	parent_id INTEGER, 
	path TEXT NOT NULL, 
	is_dir SMALLINT DEFAULT '0' NOT NULL, 
	alive SMALLINT DEFAULT '0' NOT NULL, 
	traits TEXT DEFAULT '' NOT NULL, 
	git_last_commit_id INTEGER, lines INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(parent_id) REFERENCES nodes (id), 
	FOREIGN KEY(repo_id) REFERENCES repos (id), 
	UNIQUE (repo_id, path)
);

CREATE TABLE questions (
	id INTEGER NOT NULL, 
	time BIGINT NOT NULL, 
	platform TEXT DEFAULT '' NOT NULL, 
	place TEXT DEFAULT '' NOT NULL, 
	thread TEXT DEFAULT '' NOT NULL, 
	person_id INTEGER, 
	asker TEXT DEFAULT '' NOT NULL, 
	text TEXT DEFAULT '' NOT NULL, 
	intent TEXT DEFAULT '' NOT NULL, 
	target TEXT DEFAULT '' NOT NULL, 
	abstained SMALLINT DEFAULT '0' NOT NULL, 
	answer TEXT DEFAULT '' NOT NULL, 
	took_ms INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(person_id) REFERENCES people (id)
);

CREATE INDEX questions_thread ON questions (platform, place, thread);

CREATE TABLE events (
	id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	person_id INTEGER NOT NULL, 
	node_id INTEGER, 
	topic TEXT DEFAULT '' NOT NULL, 
	time BIGINT NOT NULL, 
	weight DOUBLE DEFAULT '1' NOT NULL, 
	reference TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(node_id) REFERENCES nodes (id), 
	FOREIGN KEY(person_id) REFERENCES people (id)
);

CREATE INDEX events_node ON events (node_id);

CREATE INDEX events_person ON events (person_id);

CREATE TABLE feedback (
	question_id INTEGER NOT NULL, 
	asker TEXT NOT NULL, 
	verdict TEXT NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	time BIGINT NOT NULL, 
	PRIMARY KEY (question_id, asker), 
	FOREIGN KEY(question_id) REFERENCES questions (id)
);

CREATE TABLE passages (
	id INTEGER NOT NULL, 
	document_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	line_start INTEGER NOT NULL, 
	line_end INTEGER NOT NULL, 
	title TEXT DEFAULT '' NOT NULL, 
	symbol TEXT DEFAULT '' NOT NULL, 
	text TEXT DEFAULT '' NOT NULL, 
	hash TEXT NOT NULL, 
	near_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(document_id) REFERENCES documents (id)
);

CREATE INDEX passages_document ON passages (document_id);

CREATE INDEX passages_hash ON passages (hash);

CREATE INDEX passages_symbol ON passages (symbol);

CREATE INDEX passages_near ON passages (near_id);

CREATE TABLE passage_bands (
	band BIGINT NOT NULL, 
	passage_id INTEGER NOT NULL, 
	PRIMARY KEY (band, passage_id)
);

CREATE INDEX passage_bands_passage ON passage_bands (passage_id);

CREATE TABLE roles (
	commit_id INTEGER NOT NULL, 
	identity_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	PRIMARY KEY (commit_id, identity_id, kind), 
	FOREIGN KEY(commit_id) REFERENCES commits (id), 
	FOREIGN KEY(identity_id) REFERENCES identities (id)
)
 WITHOUT ROWID

;

CREATE INDEX roles_identity ON roles (identity_id);

CREATE TABLE touches (
	node_id INTEGER NOT NULL, 
	commit_id INTEGER NOT NULL, 
	change TEXT NOT NULL, 
	from_node_id INTEGER, added INTEGER, removed INTEGER, lines INTEGER, 
	PRIMARY KEY (node_id, commit_id), 
	FOREIGN KEY(commit_id) REFERENCES commits (id), 
	FOREIGN KEY(from_node_id) REFERENCES nodes (id), 
	FOREIGN KEY(node_id) REFERENCES nodes (id)
)
 WITHOUT ROWID

;

CREATE INDEX touches_commit ON touches (commit_id);

CREATE INDEX people_opted_out ON people (opted_out);

CREATE TABLE sayings (
	person_id INTEGER NOT NULL, 
	what TEXT NOT NULL, 
	source TEXT NOT NULL, 
	value TEXT DEFAULT '' NOT NULL, 
	time BIGINT NOT NULL, 
	said_by TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (person_id, what, source), 
	FOREIGN KEY(person_id) REFERENCES people (id)
);

CREATE TABLE absences (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	first_day TEXT NOT NULL, 
	last_day TEXT DEFAULT '' NOT NULL, 
	from_time BIGINT NOT NULL, 
	until_time BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(person_id) REFERENCES people (id)
);

CREATE INDEX absences_person ON absences (person_id, until_time);

CREATE TABLE people_log (
	id INTEGER NOT NULL, 
	time BIGINT NOT NULL, 
	said_by TEXT DEFAULT '' NOT NULL, 
	action TEXT NOT NULL, 
	person_id INTEGER, 
	words TEXT DEFAULT '' NOT NULL, 
	detail TEXT DEFAULT '{}' NOT NULL, 
	undone_time BIGINT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(person_id) REFERENCES people (id)
);

CREATE TABLE fits (
	repo_id INTEGER NOT NULL, 
	until BIGINT NOT NULL, 
	params TEXT DEFAULT '' NOT NULL, 
	figures TEXT DEFAULT '{}' NOT NULL, 
	made_time BIGINT NOT NULL, 
	commits INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (repo_id, until), 
	FOREIGN KEY(repo_id) REFERENCES repos (id)
);

CREATE TABLE risks (
	repo_id INTEGER NOT NULL, 
	area TEXT NOT NULL, 
	title TEXT DEFAULT '' NOT NULL, 
	mark TEXT NOT NULL, 
	first_time BIGINT NOT NULL, 
	last_time BIGINT NOT NULL, 
	resolved_time BIGINT, 
	note TEXT DEFAULT '' NOT NULL, 
	accepted_time BIGINT, 
	accepted_until BIGINT, 
	accepted_by TEXT DEFAULT '' NOT NULL, 
	accepted_reason TEXT DEFAULT '' NOT NULL, 
	accepted_level SMALLINT DEFAULT '0' NOT NULL, 
	PRIMARY KEY (repo_id, area), 
	FOREIGN KEY(repo_id) REFERENCES repos (id)
);

CREATE TABLE risk_weeks (
	repo_id INTEGER NOT NULL, 
	area TEXT NOT NULL, 
	week TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	factors TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (repo_id, area, week), 
	FOREIGN KEY(repo_id) REFERENCES repos (id)
);

CREATE TABLE rounds (
	week TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	approved_time BIGINT, 
	approved_by TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (week)
);

CREATE TABLE nudges (
	id TEXT NOT NULL, 
	week TEXT NOT NULL, 
	repo_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	area TEXT NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT '0' NOT NULL, 
	created_time BIGINT NOT NULL, 
	state_time BIGINT NOT NULL, 
	expires_time BIGINT NOT NULL, 
	meet_time BIGINT, 
	later_time BIGINT, 
	facts TEXT DEFAULT '{}' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(repo_id) REFERENCES repos (id)
);

CREATE INDEX nudges_state ON nudges (state);

CREATE TABLE nudge_people (
	nudge_id TEXT NOT NULL, 
	person_id INTEGER NOT NULL, 
	role TEXT DEFAULT '' NOT NULL, 
	answer TEXT DEFAULT '' NOT NULL, 
	happened TEXT DEFAULT '' NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	time BIGINT, 
	PRIMARY KEY (nudge_id, person_id), 
	FOREIGN KEY(nudge_id) REFERENCES nudges (id), 
	FOREIGN KEY(person_id) REFERENCES people (id)
);

CREATE INDEX nudge_people_person ON nudge_people (person_id);

CREATE TABLE outbox (
	mark TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	what TEXT NOT NULL, 
	about TEXT DEFAULT '' NOT NULL, 
	place TEXT DEFAULT '' NOT NULL, 
	agreed SMALLINT DEFAULT '0' NOT NULL, 
	created_time BIGINT NOT NULL, 
	not_before BIGINT NOT NULL, 
	expires_time BIGINT NOT NULL, 
	state TEXT NOT NULL, 
	why TEXT DEFAULT '' NOT NULL, 
	holder TEXT DEFAULT '' NOT NULL, 
	beat INTEGER DEFAULT '0' NOT NULL, 
	posted_time BIGINT, 
	channel TEXT DEFAULT '' NOT NULL, 
	ts TEXT DEFAULT '' NOT NULL, 
	payload TEXT DEFAULT '{}' NOT NULL, 
	PRIMARY KEY (mark)
);

CREATE INDEX outbox_state ON outbox (state, not_before);

CREATE TABLE outbox_people (
	mark TEXT NOT NULL, 
	person_id INTEGER NOT NULL, 
	agreed SMALLINT DEFAULT '0' NOT NULL, 
	introduced SMALLINT DEFAULT '0' NOT NULL, 
	time BIGINT, 
	answered_time BIGINT, 
	PRIMARY KEY (mark, person_id), 
	FOREIGN KEY(person_id) REFERENCES people (id)
);

CREATE INDEX outbox_people_person ON outbox_people (person_id, time);

CREATE TABLE wishes (
	person_id INTEGER NOT NULL, 
	wish TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	until_time BIGINT, 
	time BIGINT NOT NULL, 
	PRIMARY KEY (person_id, wish, subject), 
	FOREIGN KEY(person_id) REFERENCES people (id)
);

CREATE TABLE requests (
	id TEXT NOT NULL, 
	text TEXT NOT NULL, 
	platform TEXT DEFAULT '' NOT NULL, 
	place TEXT DEFAULT '' NOT NULL, 
	thread TEXT DEFAULT '' NOT NULL, 
	asker TEXT DEFAULT '' NOT NULL, 
	asker_name TEXT DEFAULT '' NOT NULL, 
	asker_id INTEGER, 
	private SMALLINT DEFAULT '0' NOT NULL, 
	urgent SMALLINT DEFAULT '0' NOT NULL, 
	question_id INTEGER, 
	repo_id INTEGER, 
	area TEXT DEFAULT '' NOT NULL, 
	topic TEXT DEFAULT '' NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER DEFAULT '0' NOT NULL, 
	created_time BIGINT NOT NULL, 
	state_time BIGINT NOT NULL, 
	look_time BIGINT NOT NULL, 
	holder_id INTEGER, 
	holder_name TEXT DEFAULT '' NOT NULL, 
	channel TEXT DEFAULT '' NOT NULL, 
	ts TEXT DEFAULT '' NOT NULL, 
	answer TEXT DEFAULT '' NOT NULL, 
	facts TEXT DEFAULT '{}' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(asker_id) REFERENCES people (id), 
	FOREIGN KEY(question_id) REFERENCES questions (id), 
	FOREIGN KEY(repo_id) REFERENCES repos (id), 
	FOREIGN KEY(holder_id) REFERENCES people (id)
);

CREATE INDEX requests_state ON requests (state);

CREATE TABLE request_people (
	request_id TEXT NOT NULL, 
	person_id INTEGER NOT NULL, 
	rank INTEGER DEFAULT '0' NOT NULL, 
	retention DOUBLE DEFAULT '0' NOT NULL, 
	why TEXT DEFAULT '' NOT NULL, 
	outcome TEXT DEFAULT '' NOT NULL, 
	asked_time BIGINT, 
	due_time BIGINT, 
	PRIMARY KEY (request_id, person_id), 
	FOREIGN KEY(request_id) REFERENCES requests (id), 
	FOREIGN KEY(person_id) REFERENCES people (id)
);

CREATE INDEX request_people_person ON request_people (person_id);

CREATE TABLE wiki_drafts (
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	path TEXT DEFAULT '' NOT NULL, 
	title TEXT DEFAULT '' NOT NULL, 
	text TEXT DEFAULT '' NOT NULL, 
	how TEXT DEFAULT '' NOT NULL, 
	intent TEXT DEFAULT '{}' NOT NULL, 
	state TEXT NOT NULL, 
	why TEXT DEFAULT '' NOT NULL, 
	base TEXT DEFAULT '' NOT NULL, 
	branch TEXT DEFAULT '' NOT NULL, 
	sha TEXT DEFAULT '' NOT NULL, 
	tries INTEGER DEFAULT '0' NOT NULL, 
	next_time BIGINT DEFAULT '0' NOT NULL, 
	created_time BIGINT DEFAULT '0' NOT NULL, 
	state_time BIGINT DEFAULT '0' NOT NULL, 
	version INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id)
);

CREATE INDEX wiki_drafts_state ON wiki_drafts (state, next_time);

CREATE TABLE wiki_pages (
	path TEXT NOT NULL, 
	owner_id INTEGER, 
	confirmed_time BIGINT DEFAULT '0' NOT NULL, 
	confirmed_by INTEGER, 
	review_days INTEGER DEFAULT '0' NOT NULL, 
	not_owners TEXT DEFAULT '[]' NOT NULL, 
	retired_time BIGINT, 
	PRIMARY KEY (path), 
	FOREIGN KEY(owner_id) REFERENCES people (id), 
	FOREIGN KEY(confirmed_by) REFERENCES people (id)
);

CREATE TABLE activations (
	node_id INTEGER NOT NULL,
	identity_id INTEGER NOT NULL,
	work DOUBLE DEFAULT '0' NOT NULL,
	review DOUBLE DEFAULT '0' NOT NULL,
	event_count INTEGER DEFAULT '0' NOT NULL,
	first_time BIGINT NOT NULL,
	last_time BIGINT NOT NULL,
	path_count INTEGER DEFAULT '0' NOT NULL,
	PRIMARY KEY (node_id, identity_id),
	FOREIGN KEY(identity_id) REFERENCES identities (id),
	FOREIGN KEY(node_id) REFERENCES nodes (id)
) WITHOUT ROWID;

CREATE INDEX activations_identity ON activations (identity_id);

CREATE INDEX touches_from ON touches (from_node_id) WHERE from_node_id IS NOT NULL;

INSERT INTO alembic_version (version_num) VALUES ('0010');
