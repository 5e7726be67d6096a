export interface Amounts {
  readonly money: number;
  readonly tokens: number;
  readonly calls: number;
  readonly seconds: number;
}

export const measures = ['money', 'tokens', 'calls', 'seconds'] as const satisfies readonly (keyof Amounts)[];

export const none: Amounts = { money: 0, tokens: 0, calls: 0, seconds: 0 };

export const add = (a: Amounts, b: Amounts): Amounts => ({
  money: a.money + b.money,
  tokens: a.tokens + b.tokens,
  calls: a.calls + b.calls,
  seconds: a.seconds + b.seconds,
});
