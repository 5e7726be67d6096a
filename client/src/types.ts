import type { components } from './api.generated.js';

type Schemas = components['schemas'];

/** A thread: a conversation of one user with one workflow. */
export type Thread = Schemas['Thread'];
/** A question or an answer in a thread. */
export type ThreadMessage = Schemas['ThreadMessage'];
/** A passage that an answer is based on. */
export type Citation = Schemas['Citation'];
/** A rating of a run. */
export type Feedback = Schemas['FeedbackRequest'];

/** A question to a person that a run waits for. */
export interface HumanQuestion {
  readonly requestId: string;
  readonly title: string;
  /** Markdown. */
  readonly body?: string | undefined;
  /** JSON schema of the answer. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly buttons?: readonly { readonly id: string; readonly title: string }[] | undefined;
  /** Epoch milliseconds. */
  readonly dueAt?: number | undefined;
}

/** A run as its caller sees it. `Outputs` is the type of the workflow's outputs. */
export type RunResult<Outputs = Readonly<Record<string, unknown>>> = Omit<Schemas['PublishedReply'], 'outputs'> & {
  readonly outputs: Outputs;
};

/** An event of a run. */
export type RunEvent<Outputs = Readonly<Record<string, unknown>>> =
  /** A part of an output's text: it replaces everything from `offset` on. */
  | { readonly type: 'delta'; readonly output: string; readonly offset: number; readonly text: string }
  | {
      readonly type: 'node';
      readonly seq: number;
      readonly node: string;
      readonly status: 'running' | 'done' | 'skipped' | 'failed' | 'retrying' | 'suspended';
    }
  | { readonly type: 'citation'; readonly output: string; readonly citation: Citation }
  | { readonly type: 'result'; readonly result: RunResult<Outputs> };
