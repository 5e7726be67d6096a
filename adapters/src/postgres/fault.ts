import { z } from 'zod';

/** An error of the server, as the client throws it. */
const Thrown = z.object({
  code: z
    .string()
    .regex(/^(?:[0-9]|F0|HV|P0|XX)[0-9A-Z]+$/)
    .length(5),
  message: z.string().default(''),
});

/** The kind of an error of Postgres. */
export type FaultKind =
  /** No answer: the network, a server that ends or starts, too many connections, a time limit of the client. */
  | 'unanswered'
  /** A wrong password or user, a database that does not exist, a missing right. */
  | 'refused'
  | 'slow'
  | 'full'
  | 'read-only'
  | 'damaged'
  /** A value is larger than Postgres accepts. */
  | 'too large'
  | 'failed';

/** An error of Postgres, classified. */
interface PostgresFault {
  readonly kind: FaultKind;
  /** SQLSTATE; undefined where the server gave none. */
  readonly code: string | undefined;
  readonly message: string;
  /** Whether another try may succeed. */
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

/** Another try may succeed after a transaction conflict, a lack of resources, or a fault of the system. */
const passing = /^(?:08|40|53|55|57|58)/;

/** Classifies what the client throws. */
export function faultOf(error: unknown): PostgresFault {
  const message = error instanceof Error ? error.message : String(error);
  const thrown = Thrown.safeParse(error);
  if (!thrown.success) return { kind: 'unanswered', code: undefined, message: message.slice(0, 200), isPassing: true };
  const { code } = thrown.data;
  const kind = kinds.find(([pattern]) => pattern.test(code))?.[1] ?? 'failed';
  return { kind, code, message, isPassing: passing.test(code) };
}

/** Whether an error is a fault of the program, not of the server or the network. */
export const isProgramFault = (error: unknown): boolean => error instanceof TypeError || error instanceof RangeError;
