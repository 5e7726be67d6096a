import type { ReactElement } from 'react';
import { Link } from '../../ui/navigation/Link.js';
import { AlertsPage } from '../alerts/index.js';
import { FiguresPage } from './FiguresPage.js';

const entries = [
  { tab: 'figures', href: '/dashboard', title: 'Figures' },
  { tab: 'alerts', href: '/dashboard/alerts', title: 'Alerts' },
] as const;

/** The dashboard: its figures, and the alerts on them. `alert` is the one whose history is open. */
export function DashboardPage({
  tab,
  alert,
}: {
  readonly tab: 'figures' | 'alerts';
  readonly alert: string | undefined;
}): ReactElement {
  const tabs = (
    <nav className="page-tabs" aria-label="Dashboard">
      {entries.map(({ tab: id, href, title }) => (
        <Link key={id} href={href} aria-current={id === tab ? 'page' : undefined}>
          {title}
        </Link>
      ))}
    </nav>
  );
  return tab === 'alerts' ? <AlertsPage shown={alert} tabs={tabs} /> : <FiguresPage tabs={tabs} />;
}
