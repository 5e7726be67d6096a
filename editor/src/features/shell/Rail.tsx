import { Boxes, History, Home, LibraryBig, Moon, Settings, Sun, Waypoints, type LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';
import { toggleTheme } from '../../ui/theme/theme.js';
import { useTheme } from '../../ui/theme/use-theme.js';
import { HeddleMark } from '../../ui/icons/HeddleMark.js';
import { ProjectSwitch } from './ProjectSwitch.js';
import { KillSwitchLink } from './KillSwitchLink.js';
import { InboxLink } from '../inbox/index.js';
import { Link } from '../../ui/navigation/Link.js';
import { isIntegrationsPage } from '../integrations/index.js';

/** An entry of the navigation; `holds` says which pages belong to it. */
interface RailItem {
  readonly href: string;
  readonly title: string;
  readonly Icon: LucideIcon;
  readonly holds: (page: string) => boolean;
}

const among =
  (...pages: readonly string[]) =>
  (page: string): boolean =>
    pages.includes(page);

const items: readonly RailItem[] = [
  { href: '/', title: 'Home', Icon: Home, holds: among('home') },
  { href: '/runs', title: 'Runs', Icon: History, holds: among('runs', 'run', 'compare') },
  { href: '/models', title: 'Models', Icon: Boxes, holds: among('models') },
  { href: '/collections', title: 'Collections', Icon: LibraryBig, holds: among('collections', 'collection') },
];
const integrations: RailItem = {
  href: '/connections',
  title: 'Connections, tools, policies and spend',
  Icon: Waypoints,
  holds: isIntegrationsPage,
};
const settings: RailItem = { href: '/settings', title: 'Settings', Icon: Settings, holds: among('settings') };

/** The navigation of the editor, and the theme. */
export function Rail({ page }: { readonly page: string }): ReactElement {
  const theme = useTheme();
  const next = theme === 'dark' ? 'light' : 'dark';
  const ThemeIcon = theme === 'dark' ? Sun : Moon;
  return (
    <nav className="rail aligned" aria-label="Navigation">
      <Link href="/" className="rail-mark centred" aria-label="Heddle">
        <HeddleMark />
      </Link>
      <ProjectSwitch />
      {items.map((item) => (
        <RailLink key={item.href} item={item} page={page} />
      ))}
      <InboxLink isCurrent={page === 'inbox'} />
      <RailLink item={integrations} page={page} />
      <span className="rail-space" />
      <KillSwitchLink />
      <RailLink item={settings} page={page} />
      <button
        type="button"
        className="rail-item"
        onClick={toggleTheme}
        aria-label={`Switch to ${next} theme`}
        title={`Switch to ${next} theme`}
      >
        <ThemeIcon size={18} strokeWidth={1.75} aria-hidden />
      </button>
    </nav>
  );
}

function RailLink({
  item: { href, title, Icon, holds },
  page,
}: {
  readonly item: RailItem;
  readonly page: string;
}): ReactElement {
  return (
    <Link
      href={href}
      className="rail-item"
      aria-current={holds(page) ? 'page' : undefined}
      aria-label={title}
      title={title}
    >
      <Icon size={18} strokeWidth={1.75} aria-hidden />
    </Link>
  );
}
