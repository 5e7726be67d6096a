import type { Citation, HumanQuestion, ThreadMessage } from '@heddle/client';

/** A source of an answer, with its passage where the run returned it. */
export interface Source extends Citation {
  readonly words?: string;
}

/** A file that a run returned. */
export interface StoredFile {
  readonly id: string;
  readonly name: string;
  /** In bytes. */
  readonly size: number;
}

/** What a person says about an answer. */
export interface Rating {
  readonly thumb?: 'up' | 'down' | undefined;
  /** 1 to 5. */
  readonly rating?: number | undefined;
  readonly comment?: string | undefined;
  readonly correction?: string | undefined;
}

/** One question with its answer. */
export interface Turn {
  readonly id: string;
  /** The message id; the server starts one run for it, even if the message is sent twice. */
  readonly name: string;
  readonly question: string;
  /** The names of the files that were sent with the question. */
  readonly files: readonly string[];
  readonly status: 'running' | 'waiting' | 'paused' | 'done' | 'failed' | 'stopped';
  readonly answer: string;
  readonly runId?: string | undefined;
  readonly error?: string | undefined;
  readonly sources: readonly Source[];
  readonly given: readonly StoredFile[];
  /** The human input requests of the run that this user may answer. */
  readonly asks?: readonly HumanQuestion[] | undefined;
  /** The user's feedback on the answer. */
  readonly said?: Rating | undefined;
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
  /** The input that takes files, if messages may have files. */
  readonly files?:
    | { readonly input: string; readonly isMany: boolean; readonly isImage: boolean; readonly maxBytes: number }
    | undefined;
}

/** A request to a workflow: inputs by name, and files by their input. */
export interface Question {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, readonly File[]>>;
}

/** A run as its caller sees it. */
export interface ChatRun {
  readonly runId: string;
  readonly status: 'queued' | 'running' | 'suspended' | 'paused' | 'done' | 'failed' | 'cancelled';
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly citations?: readonly Citation[] | undefined;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

/** An event of a run. The text of an output replaces everything from its offset on. */
export type ChatEvent =
  | { readonly type: 'run'; readonly runId: string; readonly thread?: string | undefined }
  | { readonly type: 'delta'; readonly output: string; readonly offset: number; readonly text: string }
  | { readonly type: 'result'; readonly run: ChatRun };

/** A page of a thread, oldest message first. */
export interface ThreadPage {
  readonly messages: readonly Omit<ThreadMessage, 'label' | 'time'>[];
  /** The run that is now in progress on the thread. */
  readonly running?: { readonly run: string; readonly question?: string | undefined } | undefined;
  /** The `before` with which the next older page is read; undefined on the oldest page. */
  readonly next?: number | undefined;
}

/** The server as a chat uses it. Every method rejects with a `ChatError`. */
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
  /** Stores feedback on a run; undefined withdraws it. */
  feedback(runId: string, said: Rating | undefined): Promise<void>;
  /** Reads a file of a run. Without this method, the chat names files but cannot save them. */
  file?(runId: string, id: string): Promise<Blob>;
  /** The questions of a run that this user may answer. Without this method, the chat says only that the run waits. */
  questions?(runId: string): Promise<readonly HumanQuestion[]>;
  answer?(runId: string, requestId: string, value: unknown, reason: string | undefined): Promise<void>;
}

export interface ChatState {
  readonly turns: readonly Turn[];
  /** The id of the thread at the server; undefined until the first answer begins. */
  readonly thread?: string | undefined;
  /** Whether the thread has messages before those shown. */
  readonly hasEarlier: boolean;
  readonly earlierProblem?: string | undefined;
  /** The text for screen readers. */
  readonly said: string;
}

/** A conversation with a workflow, which continues after a reload. */
export interface Chat {
  readonly ports: ChatPorts;
  readonly getState: () => ChatState;
  readonly subscribe: (listener: () => void) => () => void;
  /** The server, as the user of this conversation. */
  server(): ChatServer;
  send(text: string, files?: readonly File[]): void;
  again(turnId: string): void;
  stop(): void;
  /** Stores feedback on an answer; undefined withdraws it. */
  rate(turn: Turn, said: Rating | undefined): void;
  /** Answers a human input request of a turn's run. Throws a `ChatError`. */
  answer(turn: Turn, requestId: string, value: unknown, reason?: string): Promise<void>;
  showEarlier(): void;
  /** Forgets the conversation and starts a new one as a new user. */
  begin(): void;
}
