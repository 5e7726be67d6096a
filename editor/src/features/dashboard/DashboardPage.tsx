import type { ReactElement } from 'react';
import { Link } from '../../ui/navigation/Link.js';
import { useAddress } from '../../ui/navigation/route.js';
import { AlertsPage } from '../alerts/index.js';
import { FiguresPage } from './FiguresPage.js';

const entries = [
  { tab: undefined, href: '/dashboard', title: 'Figures' },
  { tab: 'alerts', href: '/dashboard/alerts', title: 'Alerts' },
] as const;

/** The dashboard with its figures and alerts. `alert` in the address names the alert whose history is open. */
export function DashboardPage({ tab }: { readonly tab: 'alerts' | undefined }): ReactElement {
  const query = new URLSearchParams(useAddress().split('?')[1]);
  const tabs = (
    <nav className="page-tabs" aria-label="Dashboard">
      {entries.map(({ tab: id, href, title }) => (
        <Link key={href} href={href} aria-current={id === tab ? 'page' : undefined}>
          {title}
        </Link>
      ))}
    </nav>
  );
  return tab === 'alerts' ? (
    <AlertsPage shown={query.get('alert') ?? undefined} tabs={tabs} />
  ) : (
    <FiguresPage tabs={tabs} />
  );
}
