import type { ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { Notice } from '../../ui/states/Notice.js';
import { Link } from '../../ui/navigation/Link.js';
import { useIsExample } from '../../ui/navigation/route.js';
import { examplePolicy, freshPolicy } from './policy-draft.js';
import { PolicyForm } from './PolicyForm.js';
import { IntegrationLayout } from '../integrations/index.js';

/** A routing policy: its candidates with their measurements, and a replay of past decisions. */
export function PolicyPage({ name }: { readonly name: string | undefined }): ReactElement {
  const isExample = useIsExample();
  return (
    <IntegrationLayout
      page="policy"
      title={name ?? 'Add policy'}
      lead="No policy sends data above a clearance, over a budget, or to a model that cannot read it."
    >
      {name === undefined ? (
        <PolicyForm initial={isExample ? examplePolicy : freshPolicy} isNew />
      ) : (
        <KnownPolicy name={name} />
      )}
    </IntegrationLayout>
  );
}

function KnownPolicy({ name }: { readonly name: string }): ReactElement {
  const { value, error, again } = useGet('/api/policies/{name}', { params: { path: { name } } });
  if (value !== undefined) return <PolicyForm initial={value} isNew={false} />;
  if (error === undefined) return <p className="quiet">Loading…</p>;
  if (error.code === 'policy_not_found')
    return (
      <p>
        The policy &ldquo;{name}&rdquo; does not exist. <Link href="/policies">Go to all policies</Link>.
      </p>
    );
  return <Notice error={error} action={{ name: 'Retry', run: again }} />;
}
