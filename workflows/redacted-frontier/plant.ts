/** Gives numbers in [0, limit) that depend only on the seed (a linear congruential generator). */
type Dice = (limit: number) => number;

function createDice(seed: number): Dice {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * limit);
  };
}

export const kinds = ['EMAIL', 'PHONE', 'IBAN', 'CARD', 'KEY'] as const;
type Kind = (typeof kinds)[number];

const names = ['ada', 'jonas.veld', 'm_okafor', 'lin+post', 'r.de-wit', 'sofia99'];
const hosts = ['example.org', 'mail.looms.example', 'silverheron.test', 'post.example.co'];
const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const pick = <T>(dice: Dice, list: readonly T[]): T => list[dice(list.length)]!;
const digits = (dice: Dice, count: number): string => Array.from({ length: count }, () => dice(10)).join('');
const signs = (dice: Dice, count: number): string =>
  Array.from({ length: count }, () => letters[dice(letters.length)]).join('');
const inFours = (text: string): string => text.replace(/(.{4})(?=.)/g, '$1 ');

const makers: Readonly<Record<Kind, (dice: Dice) => string>> = {
  EMAIL: (dice) => `${pick(dice, names)}${dice(1000)}@${pick(dice, hosts)}`,
  PHONE: (dice) =>
    pick(dice, [
      `+49 30 ${digits(dice, 3)} ${digits(dice, 4)}`,
      `+31 6 ${digits(dice, 8)}`,
      `+44 20 7${digits(dice, 3)} ${digits(dice, 4)}`,
      `+1 (212) 5${digits(dice, 2)}-${digits(dice, 4)}`,
    ]),
  IBAN: (dice) => {
    const bare = germanIban(digits(dice, 18));
    return dice(2) === 0 ? bare : inFours(bare);
  },
  CARD: (dice) => {
    const bare = withLuhn(`4${digits(dice, 14)}`);
    return dice(2) === 0 ? bare : inFours(bare);
  },
  KEY: (dice) =>
    pick(dice, [
      `sk-${signs(dice, 40)}`,
      `ghp_${signs(dice, 36)}`,
      `password: ${signs(dice, 14)}`,
      `api_key=${signs(dice, 32)}`,
    ]),
};

function withLuhn(bare: string): string {
  let sum = 0;
  for (let at = bare.length - 1, isDouble = true; at >= 0; at -= 1, isDouble = !isDouble) {
    const digit = Number(bare[at]) * (isDouble ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return `${bare}${(10 - (sum % 10)) % 10}`;
}

/** `DE` is 1314 in digits. The check digits make the whole number leave 1 when it is divided by 97. */
function germanIban(account: string): string {
  const check = 98n - (BigInt(`${account}131400`) % 97n);
  return `DE${String(check).padStart(2, '0')}${account}`;
}

const frames: readonly ((value: string) => string)[] = [
  (value) => `Please write to ${value} before Friday.`,
  (value) => `The note says "${value}" and nothing else.`,
  (value) => `Was it ${value}?`,
  (value) => `We had ${value}, and the 3rd of March 2026 was too late.`,
  (value) => `- (${value})`,
];

interface Planted {
  readonly kind: Kind;
  readonly value: string;
  readonly sentence: string;
}

/** Makes sentences with one identifier each, alternating between the kinds. */
export function plant(count: number, seed: number): readonly Planted[] {
  const dice = createDice(seed);
  return Array.from({ length: count }, (_, index) => {
    const kind = kinds[index % kinds.length] ?? 'EMAIL';
    const value = makers[kind](dice);
    return { kind, value, sentence: pick(dice, frames)(value) };
  });
}

/** Makes sentences with numbers and words that identify nobody. */
export function harmless(count: number, seed: number): readonly string[] {
  const dice = createDice(seed);
  const makers: readonly (() => string)[] = [
    () => `Order ${digits(dice, 6)} of 2026-0${1 + dice(9)}-1${dice(9)} has ${1 + dice(40)} boxes.`,
    () => `Version ${dice(9)}.${dice(20)}.${dice(30)} took ${digits(dice, 4)} ms.`,
    () => `It costs ${1 + dice(900)},${digits(dice, 2)} euro, see page ${dice(500)} of chapter ${dice(30)}.`,
    () => `Room ${dice(9)}.${digits(dice, 2)} is open from ${8 + dice(3)}:${digits(dice, 1)}0 to 1${dice(9)}:30.`,
    () => `The loom weaves ${digits(dice, 5)} threads; @team, see #${dice(999)} and src/main.ts:${dice(400)}.`,
  ];
  return Array.from({ length: count }, () => pick(dice, makers)());
}
