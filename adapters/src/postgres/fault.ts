import { z } from 'zod';

/** An error of the server, as the client library throws it. */
const Thrown = z.object({
  code: z
    .string()
    .regex(/^(?:[0-9]|F0|HV|P0|XX)[0-9A-Z]+$/)
    .length(5),
  message: z.string().default(''),
});

/** The kinds of Postgres errors. */
export type FaultKind =
  /** No answer: a network problem, a server that stops or starts, too many connections, or a time limit of the client. */
  | 'unanswered'
  /** A wrong password or user, an unknown database, or a missing permission. */
  | 'refused'
  | 'slow'
  | 'full'
  | 'read-only'
  | 'damaged'
  /** A value exceeds a limit of Postgres. */
  | 'too large'
  | 'failed';

interface PostgresFault {
  readonly kind: FaultKind;
  /** The SQLSTATE; undefined if the server sent none. */
  readonly code: string | undefined;
  readonly message: string;
  readonly isPassing: boolean;
}

const kinds: readonly (readonly [RegExp, FaultKind])[] = [
  [/^(?:08|57P0|53300)/, 'unanswered'],
  [/^(?:28|42501|3D000)/, 'refused'],
  [/^(?:57014|55P03|25P03|25P04)/, 'slow'],
  [/^53100/, 'full'],
  [/^25006/, 'read-only'],
  [/^XX00[12]/, 'damaged'],
  [/^54/, 'too large'],
];

/** SQLSTATEs after which a retry may succeed: a transaction conflict, a lack of resources, or a system error. */
const passing = /^(?:08|40|53|55|57|58)/;

/** Classifies an error of the client library. */
export function faultOf(error: unknown): PostgresFault {
  const message = error instanceof Error ? error.message : String(error);
  const thrown = Thrown.safeParse(error);
  if (!thrown.success) return { kind: 'unanswered', code: undefined, message: message.slice(0, 200), isPassing: true };
  const { code } = thrown.data;
  const kind = kinds.find(([pattern]) => pattern.test(code))?.[1] ?? 'failed';
  return { kind, code, message, isPassing: passing.test(code) };
}

/** Whether an error comes from a bug in the program, not from the server or the network. */
export const isProgramFault = (error: unknown): boolean => error instanceof TypeError || error instanceof RangeError;
