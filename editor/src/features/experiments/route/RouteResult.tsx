import type { RouteTrainingRequest, RouteTrainingResult } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { formatShare } from '../../../ui/format/format-share.js';
import { client } from '../../../data/api/client.js';
import { useAction } from '../../../data/queries/use-action.js';
import { TextField } from '../../../ui/fields/FormFields.js';
import { formatCost } from '../../../ui/format/format-cost.js';
import { Link } from '../../../ui/navigation/Link.js';
import { policyPath } from '../../../ui/navigation/route.js';
import { IfMay } from '../../../ui/states/IfMay.js';
import { Notice } from '../../../ui/states/Notice.js';
import { RouteCurve } from './RouteCurve.js';
import styles from '../experiments.module.css';

const points = (value: number): string => `${value.toFixed(1)} points`;
/** The result of a route training, with a button that stores its policy. */
export function RouteResult({
  result,
  request,
}: {
  readonly result: RouteTrainingResult;
  readonly request: RouteTrainingRequest;
}): ReactElement {
  const { policy, always, chance, cost, rows, skipped, isWithinLimit, proposal, curve } = result;
  const saved = cost.strong - cost.policy;
  return (
    <>
      <p className={styles['route-verdict']}>
        {isWithinLimit ? (
          <strong>
            Keeps {formatShare(policy.share)} with the cheap variant, loses at most {points(policy.high)} (95 %).
          </strong>
        ) : (
          <strong>
            No policy is proved to lose at most {points(request.maxLoss)}
            {policy.share > 0
              ? `: the best one loses up to ${points(policy.high)} for ${formatShare(policy.share)}`
              : ''}
            .
          </strong>
        )}
      </p>
      <ul className={styles['route-figures']}>
        <li>
          {rows} requests{skipped === 0 ? '' : `, ${skipped} could not be compared`}; two fifths measured, and the route
          had not seen them.
        </li>
        <li>
          All requests with the cheap variant: {points(always.loss)} lost ({always.low.toFixed(1)} to{' '}
          {always.high.toFixed(1)}).
        </li>
        {policy.share > 0 ? (
          <li>
            The policy loses {points(policy.loss)}; the same share by chance would lose {points(chance)}.
          </li>
        ) : null}
        {saved > 0 ? (
          <li>
            A request costs {formatCost(cost.policy)} in place of {formatCost(cost.strong)}.
          </li>
        ) : null}
        {isWithinLimit ? null : (
          <li>More rows narrow the interval: 200 measured requests without any loss promise 1.5 points.</li>
        )}
      </ul>
      <RouteCurve curve={curve} maxLoss={request.maxLoss} />
      {proposal === undefined ? null : <SavePolicy proposal={proposal} isWithinLimit={isWithinLimit} />}
    </>
  );
}

function SavePolicy({
  proposal,
  isWithinLimit,
}: {
  readonly proposal: NonNullable<RouteTrainingResult['proposal']>;
  readonly isWithinLimit: boolean;
}): ReactElement {
  const [name, setName] = useState('learned');
  const [stored, setStored] = useState('');
  const action = useAction();
  if (stored !== '')
    return (
      <p role="status">
        Stored as{' '}
        <Link href={policyPath(stored)} className="text-link">
          {stored}
        </Link>
        . Choose it in a route node, publish, and compare both versions in production.
      </p>
    );
  const save = (): void =>
    action.run(async () => {
      const params = { path: { name: name.trim() } };
      await client.PUT('/api/policies/{name}', { params, body: { ...proposal, name: name.trim() } });
      setStored(name.trim());
    });
  return (
    <IfMay permission="policy:write">
      <form
        className={styles['route-save']}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <TextField title="Policy" value={name} onChange={setName} />
        <button
          type="submit"
          className={isWithinLimit ? 'button button-primary' : 'button'}
          disabled={action.isBusy || name.trim() === ''}
        >
          Store policy
        </button>
      </form>
      <p className="quiet">Route nodes use this name. A stored policy of this name is replaced.</p>
      {action.error === undefined ? null : <Notice error={action.error} />}
    </IfMay>
  );
}
