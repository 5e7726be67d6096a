import type { Budget, BudgetState } from '@heddle/core';
import { formatDuration } from '../../ui/format/format-duration.js';
import { formatCount, formatMoney } from '../../ui/format/format-money.js';

type LimitKind = keyof Budget['limits'];
const limitKinds: readonly LimitKind[] = ['money', 'tokens', 'calls', 'seconds'];

export const onLimitText: Readonly<Record<Budget['onLimit'], string>> = {
  stop: 'the call is refused',
  downgrade: 'the next candidate is tried',
  ask: 'approval is requested',
};

export function scopeText({ scope, period }: Budget, names: ReadonlyMap<string, string>): string {
  const named = (id: string): string => `“${names.get(id) ?? id}”`;
  const each = { day: 'per day', month: 'per month', ever: 'in total' }[period];
  switch (scope.kind) {
    case 'all':
      return `Everything, ${each}`;
    case 'workflow':
      return `Workflow ${named(scope.id)}, ${each}`;
    case 'connection':
      return `Connection ${named(scope.id)}, ${each}`;
    case 'key':
      return `Key ${named(scope.id)}, ${each}`;
    case 'run':
      return scope.workflow === undefined ? 'Each run' : `Each run of ${named(scope.workflow)}`;
    case 'node':
      return `Each execution of ${named(scope.node)} in ${named(scope.workflow)}`;
  }
}

export function amountText(kind: LimitKind, amount: number, currency: string): string {
  switch (kind) {
    case 'money':
      return formatMoney(amount, currency);
    case 'seconds':
      return formatDuration(amount * 1000);
    case 'tokens':
    case 'calls':
      return `${formatCount(amount)} ${amount === 1 ? kind.slice(0, -1) : kind}`;
  }
}

/** A limit of a budget with its spent and reserved shares. */
interface LimitUse {
  readonly kind: LimitKind;
  readonly limit: number;
  readonly spent: number;
  readonly reserved: number;
  /** The spent share of the limit, from 0 to 1. Overspending counts as 1. */
  readonly spentShare: number;
  readonly reservedShare: number;
  readonly isUsedUp: boolean;
}

/** How much of each limit is used, in the order of `limitKinds`. */
export function limitUses({ limits, spent, reserved }: BudgetState): readonly LimitUse[] {
  return limitKinds.flatMap((kind): LimitUse[] => {
    const limit = limits[kind];
    if (limit === undefined) return [];
    const share = (amount: number): number => (limit === 0 ? 1 : Math.min(1, amount / limit));
    const spentShare = share(spent[kind]);
    return [
      {
        kind,
        limit,
        spent: spent[kind],
        reserved: reserved[kind],
        spentShare,
        reservedShare: Math.min(1 - spentShare, share(reserved[kind])),
        isUsedUp: spent[kind] + reserved[kind] >= limit,
      },
    ];
  });
}

/** Whether a budget counts each run or execution separately, so that there is no total to show. */
export function isPerRun({ scope }: Budget): boolean {
  return scope.kind === 'run' || scope.kind === 'node';
}

/** Makes a free id from a title: `Nightly reports` gives `nightly-reports`, or `nightly-reports-2` if that is taken. */
export function budgetId(title: string, taken: readonly string[]): string {
  const base =
    title
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^[^a-z]+|-+$/g, '')
      .slice(0, 58) || 'budget';
  if (!taken.includes(base)) return base;
  for (let count = 2; ; count += 1) if (!taken.includes(`${base}-${count}`)) return `${base}-${count}`;
}
