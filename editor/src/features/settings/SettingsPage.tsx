import clsx from 'clsx';
import { Suspense, type ReactElement } from 'react';
import { may, useMe } from '../../data/access/me-store.js';
import { useProject } from '../../data/access/project-store.js';
import { useTitle } from '../../ui/navigation/use-title.js';
import { Link } from '../../ui/navigation/Link.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { settingsSections } from './sections.js';
import styles from './settings.module.css';

/** The settings: a list of sections, and the selected section. */
export function SettingsPage({ section }: { readonly section: string }): ReactElement {
  const shown = settingsSections.find(({ id }) => id === section);
  useTitle([...(shown === undefined ? [] : [shown.title]), 'Settings']);
  const me = useMe();
  const project = useProject();
  const offered = settingsSections.filter(
    ({ id, permission }) =>
      id === section || permission === undefined || me === undefined || may(me, permission, project),
  );
  const groups = [...new Set(offered.map(({ group }) => group))];
  return (
    <PageLayout title={shown === undefined ? 'Page not found' : shown.title}>
      <div className={styles['settings']}>
        <nav className={styles['settings-nav']} aria-label="Settings">
          {groups.map((group) => (
            <div key={group}>
              <h2>{group}</h2>
              {offered
                .filter((entry) => entry.group === group)
                .map(({ id, title }) => (
                  <Link
                    key={id}
                    href={id === '' ? '/settings' : `/settings/${id}`}
                    aria-current={id === section ? 'page' : undefined}
                  >
                    {title}
                  </Link>
                ))}
            </div>
          ))}
        </nav>
        <div className={clsx(styles['settings-body'], 'stack')}>
          {shown === undefined ? (
            <p>
              The section &ldquo;{section}&rdquo; does not exist in the settings.{' '}
              <Link href="/settings">Go to the first section</Link>.
            </p>
          ) : (
            <Suspense fallback={<p className="quiet">Loading…</p>}>
              <shown.Page />
            </Suspense>
          )}
        </div>
      </div>
    </PageLayout>
  );
}
