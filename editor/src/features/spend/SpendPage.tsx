import clsx from 'clsx';
import { useMemo, useState, type ReactElement } from 'react';
import { useKnownMay } from '../../data/access/me-store.js';
import { Allowed } from '../../ui/states/Allowed.js';
import { useGet } from '../../data/queries/use-get.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import { formatCount } from '../../ui/format/format-money.js';
import { Fact } from '../../ui/tables/Fact.js';
import { SegmentedControl } from '../../ui/buttons/SegmentedControl.js';
import { serverNow } from '../../data/http/server-clock.js';
import { IntegrationLayout } from '../integrations/index.js';
import { BudgetSection } from './BudgetSection.js';
import { useKeyNames } from './use-key-names.js';
import { SpendChart } from './SpendChart.js';
import { formatSums } from '../../ui/format/format-money.js';
import { currenciesOf, dailySeries, spendLines, startOfDay, totalOf, type Measure } from './spend-series.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { groupings, SpendTable, type Grouping } from './SpendTable.js';
import styles from './spend.module.css';

const dayMs = 86_400_000;
const ranges = [7, 30, 90] as const;
const measures: readonly (readonly [Measure, string])[] = [
  ['money', 'Money'],
  ['tokens', 'Tokens'],
  ['calls', 'Calls'],
];

/** The usage of models by day and by category, with the budgets that limit it. */
export function SpendPage(): ReactElement {
  return useKnownMay('budget:read') === true ? (
    <Spend />
  ) : (
    <IntegrationLayout page="spend" title="Spend and budgets" lead={lead}>
      <Allowed permission="budget:read" what="Viewing spend">
        {null}
      </Allowed>
    </IntegrationLayout>
  );
}

const lead = 'Every model call as its provider reported it, at the price of that day. Days are in UTC.';

function Spend(): ReactElement {
  const [days, setDays] = useState<(typeof ranges)[number]>(30);
  const [chosen, setMeasure] = useState<Measure>();
  const [by, setBy] = useState<Grouping>('model');
  const span = useMemo(() => spanOf(days), [days]);
  const loaded = useGet('/api/spend', { params: { query: { by: 'day', from: span.from, to: span.to } } });
  const workflows = useGet('/api/workflows', {}, ({ workflows }) => workflows);
  const caches = useGet('/api/caches');
  const keys = useKeyNames();
  const names = useMemo(
    () => new Map([...(workflows.value ?? []).map(({ id, name }) => [id, name] as const), ...(keys.value ?? [])]),
    [workflows.value, keys.value],
  );
  const rows = loaded.value?.rows;
  const currency = useMemo(() => currenciesOf(rows ?? [])[0], [rows]);
  // Without prices, tokens tell more than money.
  const measure = chosen ?? (currency === undefined ? 'tokens' : 'money');
  const series = useMemo(() => dailySeries(rows ?? [], span, measure, currency), [rows, span, measure, currency]);
  const total = useMemo(() => totalOf(spendLines(rows ?? [])), [rows]);
  const calls = total.calls;
  return (
    <IntegrationLayout
      page="spend"
      title="Spend and budgets"
      lead={lead}
      actions={
        <SegmentedControl
          label="Period"
          choices={ranges.map((range) => [range, `${range} days`] as const)}
          value={days}
          onChange={setDays}
        />
      }
    >
      <WhenLoaded loaded={loaded}>
        {() =>
          calls === 0 ? (
            <p className="section-empty quiet">
              No model calls in this period. When a workflow runs, its calls appear here by day, model, workflow,
              connection and key: as money where a connection has prices, otherwise as tokens.
            </p>
          ) : (
            <>
              <section className="section" aria-label="By day">
                <div className={clsx(styles['chart-head'], 'wrapped')}>
                  <dl className="facts">
                    <Fact name="Money">{formatSums(total.money)}</Fact>
                    <Fact name="Calls">
                      {formatCount(calls)}
                      {total.failed === 0 ? '' : `, ${formatCount(total.failed)} failed`}
                    </Fact>
                    <Fact name="Tokens">
                      {formatCount(total.inputTokens)} input, {formatCount(total.outputTokens)} output
                    </Fact>
                    {caches.value === undefined || caches.value.hits === 0 ? null : (
                      <Fact name="Saved by caches, total">{formatSums(caches.value.saved)}</Fact>
                    )}
                    {total.cachedTokens === 0 ? null : (
                      <Fact name="Saved by prompt caches">{formatSums(total.cacheSaved)}</Fact>
                    )}
                    {total.batched === 0 ? null : (
                      <Fact name="Saved by batches of providers">{formatSums(total.batchSaved)}</Fact>
                    )}
                    <Fact name="Model time">{formatDuration(total.seconds * 1000)}</Fact>
                  </dl>
                  <SegmentedControl label="Chart shows" choices={measures} value={measure} onChange={setMeasure} />
                </div>
                <SpendChart days={series} measure={measure} currency={currency} />
              </section>
              <section className="section" aria-label="Breakdown">
                <SegmentedControl
                  label="Group by"
                  choices={groupings}
                  value={by}
                  className="spend-by"
                  onChange={setBy}
                />
                <SpendTable by={by} span={span} names={names} />
              </section>
            </>
          )
        }
      </WhenLoaded>
      <BudgetSection names={names} workflows={workflows.value ?? []} />
    </IntegrationLayout>
  );
}

/** The given number of days until now, counted from midnight UTC and including today. */
function spanOf(days: number): { readonly from: number; readonly to: number } {
  const to = serverNow() + 60_000;
  return { from: startOfDay(to) - (days - 1) * dayMs, to };
}
