import type { ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { Link } from '../../ui/navigation/Link.js';
import { versionsPath } from '../../ui/navigation/route.js';
import { useTitle } from '../../ui/navigation/use-title.js';
import { NotThere } from '../../ui/states/NotThere.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { ProposalReview } from './ProposalReview.js';

/** A proposal for the person who decides: its changes, and where data goes. */
export function ProposalPage({ id }: { readonly id: string }): ReactElement {
  const { value, error, again } = useGet('/api/proposals/{id}', { params: { path: { id } } });
  useTitle([value?.title ?? 'Proposal']);
  if (value === undefined) return <NotThere error={error} again={again} what="Loading the proposal…" />;
  return (
    <PageLayout
      title={value.title}
      actions={
        value.workflow === undefined ? undefined : (
          <Link href={versionsPath(value.workflow)} className="text-link">
            Versions of {value.workflowName}
          </Link>
        )
      }
    >
      <ProposalReview proposal={value} again={again} />
    </PageLayout>
  );
}
