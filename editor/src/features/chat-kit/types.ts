import type { Citation, HumanQuestion, ThreadMessage } from '@heddle/client';

/** A source of an answer, with its passage where the run returned it. */
export interface Source extends Citation {
  readonly words?: string;
}

/** A file that a run returned. */
export interface StoredFile {
  readonly id: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** What a person says about an answer. */
export interface Rating {
  readonly thumb?: 'up' | 'down' | undefined;
  /** 1 to 5. */
  readonly rating?: number | undefined;
  readonly comment?: string | undefined;
  /** The corrected answer. */
  readonly correction?: string | undefined;
}

/** One question with its answer. */
export interface Turn {
  readonly id: string;
  /** The message id for the server, so that it starts one run. */
  readonly name: string;
  readonly question: string;
  /** Names of the files that were sent along. */
  readonly files: readonly string[];
  readonly status: 'running' | 'waiting' | 'paused' | 'done' | 'failed' | 'stopped';
  readonly answer: string;
  readonly runId?: string | undefined;
  readonly error?: string | undefined;
  readonly sources: readonly Source[];
  readonly given: readonly StoredFile[];
  /** What the run asks a person, where this user may answer it. */
  readonly asks?: readonly HumanQuestion[] | undefined;
  /** What the user said about the answer. */
  readonly said?: Rating | undefined;
  /** Why that could not be stored. */
  readonly ratingProblem?: string | undefined;
}

/** Which input and output of a workflow a chat uses. */
export interface ChatPorts {
  readonly input: string;
  readonly output: string;
  /** `text`, the default: the input gets the last message. `messages`: it gets the conversation. */
  readonly takes?: 'text' | 'messages' | undefined;
  /** Whether the workflow remembers the conversation, so that earlier messages are not sent along. */
  readonly hasMemory?: boolean | undefined;
  /** The input of files, where messages may have some. */
  readonly files?:
    | { readonly input: string; readonly isMany: boolean; readonly isImage: boolean; readonly maxBytes: number }
    | undefined;
}

/** A request to a workflow: inputs by name, and files by their input. */
export interface Question {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, readonly File[]>>;
}

/** A run as its user sees it. */
export interface ChatRun {
  readonly runId: string;
  readonly status: 'queued' | 'running' | 'suspended' | 'paused' | 'done' | 'failed' | 'cancelled';
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly citations?: readonly Citation[] | undefined;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

/** What happens in a run. The text of an output replaces everything from its offset on. */
export type ChatEvent =
  | { readonly type: 'run'; readonly runId: string; readonly thread?: string | undefined }
  | { readonly type: 'delta'; readonly output: string; readonly offset: number; readonly text: string }
  | { readonly type: 'result'; readonly run: ChatRun };

/** A page of a thread, oldest message first. */
export interface ThreadPage {
  readonly messages: readonly Omit<ThreadMessage, 'label' | 'time'>[];
  /** The run that is on the thread now. */
  readonly running?: { readonly run: string; readonly question?: string | undefined } | undefined;
  /** The `before` of the messages before these. */
  readonly next?: number | undefined;
}

/** The server as a chat needs it. Errors of all: ChatError. */
export interface ChatServer {
  /** Starts a run; the same message id starts it once. `thread` is an id, or `new`. */
  start(
    question: Question,
    messageId: string,
    thread: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<ChatEvent>;
  follow(runId: string, signal: AbortSignal): AsyncGenerator<ChatEvent>;
  get(runId: string): Promise<ChatRun>;
  /** The newest messages of a thread, or those before a position. */
  messages(thread: string, before?: number): Promise<ThreadPage>;
  cancel(runId: string): Promise<void>;
  /** Says this of a run; undefined takes everything back. */
  feedback(runId: string, said: Rating | undefined): Promise<void>;
  /** A file of a run. Without it, files are named and cannot be saved. */
  file?(runId: string, id: string): Promise<Blob>;
  /** What a run asks that this user may answer. Without it, the chat says that the run waits. */
  questions?(runId: string): Promise<readonly HumanQuestion[]>;
  answer?(runId: string, requestId: string, value: unknown, reason: string | undefined): Promise<void>;
}

/** What a chat shows. */
export interface ChatState {
  readonly turns: readonly Turn[];
  /** The thread at the server; missing before the first answer begins. */
  readonly thread?: string | undefined;
  /** Whether the thread has messages before those shown. */
  readonly hasEarlier: boolean;
  /** Why earlier messages could not be read. */
  readonly earlierProblem?: string | undefined;
  /** What a screen reader says. */
  readonly said: string;
}

/** A conversation with a workflow, which continues after a reload. */
export interface Chat {
  readonly ports: ChatPorts;
  readonly getState: () => ChatState;
  readonly subscribe: (listener: () => void) => () => void;
  /** The server, for the user of this conversation. */
  server(): ChatServer;
  send(text: string, files?: readonly File[]): void;
  /** Asks the question of a turn again. */
  again(turnId: string): void;
  stop(): void;
  /** Says this of an answer; undefined takes everything back. */
  rate(turn: Turn, said: Rating | undefined): void;
  /** Answers what the run of a turn asks. Errors: ChatError. */
  answer(turn: Turn, requestId: string, value: unknown, reason?: string): Promise<void>;
  showEarlier(): void;
  /** Forgets the conversation and starts a new one as another user. */
  begin(): void;
}
