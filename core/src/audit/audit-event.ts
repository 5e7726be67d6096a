import type { Role } from '../access/permissions.js';
import type { KeyScopes } from '../access/principal.js';
import type { LabelLevel } from '../labels/label.js';
import type { Budget } from '../ports/budget.js';
import type { Connection } from '../ports/connection.js';
import type { ErasedConversations } from '../ports/conversations.js';
import type { ErasedFacts } from '../ports/memory/facts.js';
import type { RetentionRule } from '../ports/memory/retention-rules.js';
import type { ToolEffect } from '../ports/effects.js';
import type { GrantKind } from '../ports/grants.js';
import type { SecretUse } from '../ports/secrets/secrets.js';
import type { LivePointer, WorkflowVersion } from '../ports/stores/versions.js';
import type { ReplayCounts } from '../replay/replay-counts.js';
import type { AbArm } from '../quality/ab/ab-slices.js';
import type { AnswerVerdict } from '../quality/feedback/feedback.js';
import type { TrainingFormat } from '../quality/training/training.js';
import type { SyncCounts } from '../api/sources/sources.js';
import type { ForgottenCounts } from '../api/people/forget.js';
import type { AuditEntry, AuditEventKind } from './audit-entry.js';

/** Who did something, and in which project. */
export interface AuditActor {
  /** `Principal.id`, `heddle` for automatic changes, or `anonymous`. */
  readonly who: string;
  readonly project?: string | undefined;
}

/** The subject of an event, such as `workflow:ID`, and its details, which never contain contents or secrets. */
interface About<Subject extends string, Details> {
  readonly subject: Subject;
  readonly details: Readonly<Details>;
}

/** Details with the step that was done. */
type Done<Step extends string, More = unknown> = { readonly step: Step } & More;

/** An event about a run. The journal's records have their own types. */
type AboutRun = About<`run:${string}`, Record<string, unknown>>;

type SecretFacts = { owner?: string; hosts?: readonly string[]; uses?: readonly SecretUse[] };

/**
 * A publication. `dataMap` is the hash of the data map. `slug`, `followed` and `killSwitches` say what moved with the workflow to a new
 * name.
 */
type Published = Pick<WorkflowVersion, 'version' | 'hash' | 'note'> & { goLive: boolean; canary?: object } & {
  dataMap: string;
  /** Published despite the gate: the reason, and the rules that did not pass. */
  override?: { reason: string; failed: readonly string[] };
  slug?: string;
  followed?: readonly string[];
  killSwitches?: readonly string[];
};

/** The change of an account that an event records. */
export type AccountStep =
  | 'made the owner by a link'
  | 'password set by a link'
  | 'password changed'
  | 'second factor on'
  | 'second factor off'
  | 'link made'
  | 'disabled'
  | 'enabled';

/** The change of a project that an event records. */
export type ProjectStep = 'made' | 'renamed' | 'removed' | 'archived' | 'taken out of the archive';

/**
 * The subjects and details of events, by kind. A new event needs an entry here and a call of `Audit.write` in the service that causes it.
 */
interface AuditCatalogue extends Record<AuditEventKind, About<string, object>> {
  'sign-in': About<'user' | `user:${string}`, { with?: string; issuer?: string; reason?: string; address?: string }>;
  'sign-out': About<
    `user:${string}`,
    Done<'this session' | 'another session' | 'everywhere' | 'everywhere else', { session?: string }>
  >;
  user:
    | About<
        `user:${string}` | `service:${string}`,
        | Done<AccountStep>
        | Done<'invited', { roles: readonly Role[] }>
        | Done<'service account made', { name: string; roles: readonly Role[] }>
        | Done<'service account removed'>
      >
    | About<`user:${string}`, Done<'groups claimed', { added: readonly string[]; removed: readonly string[] }>>
    | About<`group:${string}`, Done<'group made' | 'group renamed' | 'group removed', { name: string }>>
    | About<`group:${string}`, Done<'group member added' | 'group member removed', { member: string }>>;
  role: About<`user:${string}` | `project:${string}`, { roles: readonly Role[]; member?: string; step?: 'left' }>;
  grant:
    | About<`${GrantKind}:${string}`, Done<'granted', { projects: readonly string[] }>>
    | About<`project:${string}`, Done<'granted as another project has it', { from: string; things: number }>>;
  key: About<
    `key:${string}`,
    | Done<'made', { name: string; owner: string; scopes: KeyScopes }>
    | Done<'changed', { name: string; scopes: KeyScopes }>
    | Done<'revoked', { name: string }>
  >;
  secret:
    | About<`connection:${string}`, Done<'key set' | 'key removed'>>
    | About<
        `secret:${string}`,
        Done<'set', SecretFacts & { workflows?: readonly string[] | null }> | Done<'removed', { owner?: string }>
      >
    | About<`secret:${string}`, Done<'hosts learned', SecretFacts & { needsHost: boolean }>>;
  connection: About<
    `connection:${string}`,
    | Done<'made' | 'replaced', Pick<Connection, 'kind' | 'baseUrl' | 'clearance'>>
    | Done<'tested', { model?: string }>
    /** Calls sent to the provider as one batch: `batch` is Heddle's id of the batch, `id` the provider's. */
    | Done<'batch submitted' | 'batch cancelled', { model: string; calls: number; batch: string; id: string }>
    | Done<'removed'>
  >;
  publish: About<
    `workflow:${string}`,
    Done<'published', Published> | Done<`${string} ${string}`, { channel: string; name?: string }>
  >;
  rollback: About<
    `workflow:${string}`,
    | Done<'live version set', { live: LivePointer | null | undefined; reason?: string | undefined }>
    | Done<
        'test started' | 'shares changed' | 'arm rolled back' | 'test promoted' | 'test stopped',
        { test: string; arms: readonly AbArm[]; winner?: number | undefined; reason?: string | undefined }
      >
  >;
  policy: About<`policy:${string}`, Done<'saved' | 'removed'>>;
  budget: About<`budget:${string}`, Done<'saved', Pick<Budget, 'limits' | 'scope' | 'period'>> | Done<'removed'>>;
  tool: About<
    `tool:${string}`,
    | Done<'registered', { place: string; kind: string }>
    | Done<'changed', { place: string; kind: string; isMoved: boolean; isEnabled: boolean }>
    | Done<'sign-in begun', { at: string }>
    | Done<'approved', { hash: string; effects: readonly ToolEffect[] }>
    | Done<'effects', { effects: readonly ToolEffect[] }>
    | Done<'seen', { change: string }>
    | Done<'removed' | 'signed in' | 'signed out' | 'disabled'>
  >;
  approval: AboutRun;
  run: AboutRun;
  'model-call':
    | AboutRun
    | About<`evaluation:${string}`, Record<string, unknown>>
    | About<`model:${string}`, Done<'tried', Record<string, unknown>>>;
  'tool-call': AboutRun;
  egress:
    | AboutRun
    | About<`evaluation:${string}`, Record<string, unknown>>
    | About<
        `alert:${string}` | `alert-channel:${string}`,
        { decision: 'sent' | 'dead'; destination: string; event: string; delivery: string }
      >
    | About<
        `workflow:${string}`,
        { decision: 'refused'; destination: 'download'; batch: string; rows: number; showsInputs: boolean }
      >;
  declassification: AboutRun;
  feedback:
    | About<
        `run:${string}`,
        | Done<
            'given',
            AnswerVerdict & { model?: string; message?: string; hasComment?: boolean; hasCorrection?: boolean }
          >
        | Done<'removed', { message?: string }>
      >
    | About<`judge:${string}`, Done<'compared with people', { pairs: number }> | Done<'calibration removed'>>;
  annotation: About<
    `annotation-queue:${string}`,
    | Done<'made', { name: string }>
    | Done<'changed' | 'removed'>
    | Done<'items added', { added: number }>
    | Done<'annotated' | 'skipped' | 'taken back', { item: number }>
    | Done<'rows written', { dataset: string; rows: number }>
  >;
  export:
    | About<'audit', { format: string } | Done<'content seen', { hash: string }>>
    | About<'conversations', Done<'conversations', { by: readonly string[]; conversations?: number }>>
    | About<'facts', Done<'facts', { by: readonly string[]; facts?: number }>>
    | About<`dataset:${string}`, { format: string; part: string }>
    | About<`experiment:${string}`, { format: string }>
    | About<`openai-file:${string}`, { format: string }>
    | About<`workflow:${string}`, { batch: string; format: string; clearance: LabelLevel }>
    | About<
        `workflow:${string}`,
        { training: TrainingFormat; examples: number; sha256: string; clearance: LabelLevel }
      >;
  erase:
    | About<`openai-file:${string}`, Done<'file deleted', { purpose: string }>>
    | About<'audit', Done<'contents of model calls', { texts: number }>>
    | About<'caches', Done<'caches emptied', { workflow?: string }>>
    | About<
        `collection:${string}`,
        | Done<'collection removed' | 'collection deleted' | 'collection restored'>
        | Done<'document removed' | 'document deleted' | 'document restored', { document: string }>
      >
    | About<
        'conversations' | `conversation:${string}`,
        Done<'conversations', ErasedConversations & { by?: readonly string[] }>
      >
    | About<'facts' | `fact:${string}`, Done<'facts', ErasedFacts & { by?: readonly string[] }>>
    | About<`fact:${string}`, Done<'fact deleted' | 'fact restored'>>
    | About<'person', Done<'runs of a person', { runs: number; contents: number; traces: number }>>
    | About<'person', Done<'person forgotten', ForgottenCounts>>
    | About<'feedback', Done<'feedback of a person', { feedback: number; by: readonly string[] }>>
    | About<`run:${string}`, Done<'run removed' | 'run deleted' | 'run restored' | 'response deleted'>>
    | About<`workflow:${string}`, Done<'workflow removed' | 'workflow deleted' | 'workflow restored'>>
    | About<`workflow:${string}`, Done<'trigger deleted' | 'trigger restored', { trigger: string }>>
    | About<`dataset:${string}`, Done<'dataset deleted' | 'dataset restored'>>
    | About<`conversation:${string}`, Done<'conversation deleted' | 'conversation restored'>>
    | About<`prompt:${string}`, Done<'prompt removed' | 'prompt deleted' | 'prompt restored', { name?: string }>>;
  stop: About<string, Done<'set', { reason: string }> | Done<'released'>>;
  setting:
    | About<'audit', Done<'accepted as it is', { records: number; loss?: string; expected?: number; anchor?: object }>>
    | About<
        `alert:${string}` | `alert-channel:${string}`,
        Done<
          | 'alert saved'
          | 'alert removed'
          | 'silenced'
          | 'silence ended'
          | 'alert channel made'
          | 'alert channel removed',
          { minutes?: number; reason?: string; destination?: string }
        >
      >
    | About<
        `monitor:${string}`,
        Done<
          | 'monitor made'
          | 'monitor changed'
          | 'monitor paused'
          | 'route learning begun'
          | 'route learning failed'
          | 'monitor resumed'
          | 'monitor removed'
          | 'reference renewed',
          {
            workflow: string;
            code?: string;
            reason?: string;
            dataset?: string;
            experiment?: string;
            training?: string;
          }
        >
      >
    | About<`process:${string}`, Done<'process drains' | 'process takes runs'>>
    | About<'clock', Done<'clock confirmed', { time: number; trustedTime: number; aheadMs: number }>>
    | About<'database', Done<'migrated', { from: number; to: number }>>
    | About<'database', Done<'restored', { from: string; madeAt: number; madeBy: string }>>
    | About<'database', Done<'moved', { from: string; to: string; rows: number }>>
    | About<`node-package:${string}`, Done<'node package installed', { version: string; integrity: string }>>
    | About<`node-package:${string}`, Done<'node package removed'>>;
  project:
    | About<`project:${string}`, Done<ProjectStep, { name: string }>>
    | About<`project:${string}`, Done<'retention changed', { rules: readonly RetentionRule[] }>>
    | About<`project:${string}`, Done<'gate changed', { revision: number; rules: readonly string[] }>>
    | About<`conversation:${string}`, Done<'conversation assigned', { to: string; workflow: string }>>
    | About<`conversation:${string}`, Done<'conversation begun' | 'conversation renamed'>>
    | About<`fact:${string}`, Done<'fact changed', { parts: readonly string[] }>>;
  replay: About<
    `replay:${string}`,
    | Done<'started', { workflow: string; rows: number; models: boolean }>
    | Done<'ended', ReplayCounts & { workflow: string; rows: number }>
    | Done<'cancelled' | 'removed', { workflow: string }>
  >;
  workflow: About<
    `workflow:${string}`,
    | Done<'made', { slug: string }>
    | Done<'saved', { revision: number }>
    | Done<'copied', { template: string }>
    | Done<'tests set'>
    | Done<'training consent given' | 'training consent withdrawn', { share?: string | undefined }>
  >;
  proposal: About<
    `proposal:${string}`,
    | Done<'made', { kind: string; workflow?: string; hash: string; dataMap: string }>
    | Done<
        'accepted',
        { kind: string; workflow: string; hash: string; dataMap: string; version?: number; author: string }
      >
    | Done<'rejected', { kind: string; workflow?: string; author: string; reason?: string }>
    | Done<'refused', { reason: string }>
  >;
  dataset: About<
    `dataset:${string}`,
    | Done<'made' | 'removed'>
    | Done<'rows written', { version: number; added: number; removed: number }>
    | Done<'lab begun', { collection: string; configurations: number; questions: number; lab: string; job: string }>
    | Done<'lab continued', { lab: string; job: string }>
    | Done<'lab removed', { lab: string }>
    | Done<'questions asked for', { collection: string; model: string; count: number; job: string }>
    | Done<'hard negatives asked for', { collection: string; each: number; questions: number; job: string }>
    | Done<'row accepted' | 'row rejected', { row: string; version: number }>
  >;
  experiment: About<`experiment:${string}`, Done<`experiment ${string}`>>;
  prompt: About<
    `prompt:${string}`,
    | Done<'made' | 'version saved', { name: string; version: number; hash: string; label?: string }>
    | Done<'label set', { name: string; label: string; version: number }>
    | Done<'label removed', { name: string; label: string }>
    | Done<'changed', { name: string; title?: string; owners?: readonly string[] }>
  >;
  collection:
    | About<`collection:${string}`, Done<'made', { embedding: string; label?: LabelLevel; title?: string }>>
    | About<`collection:${string}`, Done<'title changed', { title: string }>>
    | About<
        `collection:${string}`,
        Done<'reindex begun' | 'reindex continued', { embedding: string; store: string; job: string }>
      >
    | About<`collection:${string}`, Done<'index switched', { embedding: string; store: string; overridden?: string }>>
    | About<`collection:${string}`, Done<'index switched back', { embedding: string; store: string }>>
    | About<`collection:${string}`, Done<'index gate set', { dataset: string; metric: string; maxLoss: number }>>
    | About<`collection:${string}`, Done<'knowledge graph set', { model: string; job: string }>>
    | About<`collection:${string}`, Done<'knowledge graph continued', { job: string }>>
    | About<`collection:${string}`, Done<'entities merged', { entity: string; into: string }>>
    | About<`collection:${string}`, Done<'entity separated', { entity: string }>>
    | About<`collection:${string}`, Done<'entities kept apart', { one: string; other: string }>>
    | About<`collection:${string}`, Done<'knowledge graph removed'>>
    | About<`collection:${string}`, Done<'index gate removed'>>
    | About<`collection:${string}`, Done<'index dropped', { which: string }>>
    | About<`collection:${string}`, Done<'relevance changed', { mode: string; minimum?: number }>>
    | About<`collection:${string}`, Done<'relevance calibrated', { minimum?: number }>>
    | About<`collection:${string}`, Done<'search changed', { mode?: string; reranker?: string }>>
    | About<`collection:${string}`, Done<'documents taken in' | 'documents taken in again', { job: string }>>
    | About<
        `collection:${string}`,
        Done<
          'readers set',
          { document: string; documents: number; before?: readonly string[]; readers: readonly string[] | null }
        >
      >
    | About<`collection:${string}`, Done<'rules for readers set', { rules: number; documents: number }>>
    | About<`collection:${string}`, Done<'rules for readers removed', { documents: number }>>
    | About<`collection:${string}`, Done<'source made' | 'source changed', { source: string; kind: string }>>
    | About<`collection:${string}`, Done<'source removed', { source: string; documents: 'kept' | 'removed' }>>
    | About<`collection:${string}`, Done<'source sync asked for', { source: string; job: string }>>
    | About<`collection:${string}`, Done<'source synced', { source: string } & SyncCounts>>
    | About<`collection:${string}`, Done<'source sync failed', { source: string; code: string }>>
    | About<'collections', Done<'reset', { movedTo?: string }>>;
  model: About<`model:${string}`, Done<'added'> | Done<'download begun', { job: string }>>;
  job:
    About<`job:${string}`, Done<'cancelled'>> | About<`workflow:${string}`, Done<`batch ${string}`, { batch: string }>>;
}

/**
 * An event for the audit log.
 *
 * @example { kind: 'policy', who: 'user:a', subject: 'policy:cheap', details: { step: 'saved' } }
 */
export type AuditEvent = {
  [Kind in AuditEventKind]: AuditActor &
    AuditCatalogue[Kind] & {
      readonly kind: Kind;
      /** False if the action was refused. Default: true. */
      readonly isAllowed?: boolean;
    };
}[AuditEventKind];

/** The events of one kind. */
export type AuditEventOf<Kind extends AuditEventKind> = Extract<AuditEvent, { readonly kind: Kind }>;

/** Converts an event into an audit entry. The hashed text of an entry calls the kind `act`. */
export function auditEntry({ kind, isAllowed = true, ...event }: AuditEvent, time: number): AuditEntry {
  return { ...event, act: kind, isAllowed, time };
}
