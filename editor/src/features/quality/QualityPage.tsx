import type { ReactElement } from 'react';
import { may, useMe } from '../../data/access/me-store.js';
import { useProject } from '../../data/access/project-store.js';
import { Link } from '../../ui/navigation/Link.js';
import { qualityPath } from '../../ui/navigation/route.js';
import { useTitle } from '../../ui/navigation/use-title.js';
import { Allowed } from '../../ui/states/Allowed.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { PageNotFound } from '../../ui/states/PageNotFound.js';
import { qualityTabs, type QualityTab } from './quality-tabs.js';

/** The quality pages: the tab that the address names, or the first one that the user may see. */
export function QualityPage({
  tab,
  item,
  path,
  all = qualityTabs,
}: {
  readonly tab: string | undefined;
  readonly item: string | undefined;
  readonly path: string;
  /** The tabs of the page; a test passes others. */
  readonly all?: readonly QualityTab[];
}): ReactElement {
  const me = useMe();
  const project = useProject();
  const shown = all.filter(({ id, permission }) => id === tab || me === undefined || may(me, permission, project));
  const current = tab === undefined ? (shown[0] ?? all[0]) : all.find(({ id }) => id === tab);
  useTitle(current === undefined ? undefined : [current.title, 'Quality']);
  if (current === undefined) return <PageNotFound path={path} />;
  const { id: open, title, permission, Page } = current;
  const tabs = (
    <nav className="page-tabs" aria-label="Quality">
      {shown.map(({ id, title: name }) => (
        <Link key={id} href={qualityPath(id)} aria-current={id === open ? 'page' : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  );
  if (me !== undefined && !may(me, permission, project))
    return (
      <PageLayout title={title}>
        {tabs}
        <Allowed permission={permission} what={`Seeing ${title.toLowerCase()}`}>
          {null}
        </Allowed>
      </PageLayout>
    );
  return <Page key={`${open}/${item ?? ''}`} item={item} tabs={tabs} />;
}
