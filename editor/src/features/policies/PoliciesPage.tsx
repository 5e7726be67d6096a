import { Plus, Waypoints } from 'lucide-react';
import type { ReactElement } from 'react';
import { IfMay } from '../../ui/states/IfMay.js';
import { useGet } from '../../data/queries/use-get.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { Section } from '../../ui/states/Section.js';
import { Link } from '../../ui/navigation/Link.js';
import { preferText } from './policy-draft.js';
import { conditionText } from './route-facts.js';
import { IntegrationLayout } from '../integrations/index.js';
import { examplePolicyPath, policyPath } from '../../ui/navigation/route.js';
import styles from './policies.module.css';

/** The list of stored routing policies. */
export function PoliciesPage(): ReactElement {
  const policies = useGet('/api/policies', {}, ({ policies }) => policies);
  return (
    <IntegrationLayout
      page="policies"
      title="Policies"
      lead="Choose a model for each request by label, price, measured speed, ratings, budget and load."
      // An empty list shows the button in its centre.
      actions={policies.value?.length === 0 ? undefined : <AddPolicy />}
    >
      <Section
        title="Stored policies"
        loaded={policies}
        empty={
          <EmptyState
            Icon={Waypoints}
            action={<AddPolicy />}
            example={
              <IfMay permission="policy:write">
                <Link href={examplePolicyPath} className="text-link">
                  Start from an example
                </Link>
              </IfMay>
            }
          >
            No policies yet. A policy lists candidates in order, each with conditions. Route nodes of any workflow can
            use it, and you can replay a change over past decisions before you save it. A route node can also define its
            own candidates.
          </EmptyState>
        }
      >
        {(list) => (
          <ul className="rows">
            {list.map(({ name, candidates, prefer, explore }) => (
              <li key={name} className={styles['policy']}>
                <Link href={policyPath(name)} className="connection-name aligned-inline">
                  {name}
                </Link>
                <p className="quiet">
                  {preferText[prefer]}
                  {explore === 0 ? '' : `; ${Math.round(explore * 100)} % of calls measure the second-best candidate`}
                </p>
                <ol className={styles['policy-chain']}>
                  {candidates.map(({ model, when }, index) => (
                    <li key={index}>
                      <span className="mono">{model}</span>
                      {when.length === 0 ? null : (
                        <span className="quiet"> when {when.map(conditionText).join(' and ')}</span>
                      )}
                    </li>
                  ))}
                </ol>
              </li>
            ))}
          </ul>
        )}
      </Section>
    </IntegrationLayout>
  );
}

function AddPolicy(): ReactElement {
  return (
    <IfMay permission="policy:write">
      <Link href={policyPath()} className="button button-primary">
        <Plus size={15} aria-hidden /> Add policy
      </Link>
    </IfMay>
  );
}
