import type { ReactElement } from 'react';
import { qualityPath, useAddress } from '../../ui/navigation/route.js';
import { Link } from '../../ui/navigation/Link.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { LabList } from './LabList.js';
import { LabPage } from './LabPage.js';

/** The labs of a project, or the lab that the address names. */
export function LabsPage({
  item,
  tabs,
}: {
  readonly item: string | undefined;
  readonly tabs: ReactElement;
}): ReactElement {
  const query = new URLSearchParams(useAddress().split('?')[1]);
  const dataset = query.get('dataset') ?? undefined;
  if (item === undefined)
    return (
      <LabList tabs={tabs} begin={query.has('new') ? { dataset, collection: query.get('new') ?? '' } : undefined} />
    );
  if (dataset !== undefined) return <LabPage dataset={dataset} id={item} tabs={tabs} />;
  return (
    <PageLayout title="Lab">
      {tabs}
      <p>
        The address does not name the dataset of the lab. <Link href={qualityPath('labs')}>Open it from the list.</Link>
      </p>
    </PageLayout>
  );
}
