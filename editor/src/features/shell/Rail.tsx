import clsx from 'clsx';
import {
  Boxes,
  ChartLine,
  Gauge,
  History,
  Home,
  LayoutTemplate,
  LibraryBig,
  Moon,
  PanelLeftClose,
  PanelLeftOpen,
  Settings,
  Sun,
  Waypoints,
  type LucideIcon,
} from 'lucide-react';
import { Suspense, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { toggleTheme } from '../../ui/theme/theme.js';
import { useTheme } from '../../ui/theme/use-theme.js';
import { HeddleMark } from '../../ui/icons/HeddleMark.js';
import { ProjectSwitch } from './ProjectSwitch.js';
import { InboxLink } from '../inbox/index.js';
import { lazyPage } from '../../ui/navigation/lazy-page.js';
import { Link } from '../../ui/navigation/Link.js';
import { RailLabel } from '../../ui/navigation/RailLabel.js';
import { railKeys, railStore, toggleRail } from '../../ui/navigation/rail-store.js';
import { nameKeys } from '../../ui/keyboard/match-keys.js';
import { modifierName } from '../../ui/keyboard/modifier.js';
import { usePageKeys } from '../../ui/keyboard/use-page-keys.js';
import { isIntegrationsPage } from '../integrations/index.js';
import styles from './frame.module.css';

/** Loads after the first paint. Its space is reserved, so that no other entry moves. */
const KillSwitchLink = lazyPage(() => import('./KillSwitchLink.js').then(({ KillSwitchLink: link }) => link));

/** An entry of the navigation. `holds` decides whether a page belongs to it. */
interface RailItem {
  readonly href: string;
  readonly title: string;
  /** Describes the page if the title is not enough. */
  readonly hint?: string;
  readonly Icon: LucideIcon;
  readonly holds: (page: string) => boolean;
}

const isOneOf =
  (...pages: readonly string[]) =>
  (page: string): boolean =>
    pages.includes(page);

const items: readonly RailItem[] = [
  { href: '/', title: 'Home', Icon: Home, holds: isOneOf('home', 'build') },
  { href: '/templates', title: 'Templates', Icon: LayoutTemplate, holds: isOneOf('templates') },
  { href: '/runs', title: 'Runs', Icon: History, holds: isOneOf('runs', 'run', 'compare') },
  { href: '/dashboard', title: 'Dashboard', Icon: ChartLine, holds: isOneOf('dashboard') },
  { href: '/models', title: 'Models', Icon: Boxes, holds: isOneOf('models') },
  {
    href: '/collections',
    title: 'Collections',
    Icon: LibraryBig,
    holds: isOneOf('collections', 'collection', 'entities'),
  },
  {
    href: '/quality',
    title: 'Quality',

    Icon: Gauge,
    holds: isOneOf('quality'),
  },
];
const integrations: RailItem = {
  href: '/connections',
  title: 'Integrations',
  hint: 'Connections, tools, policies and spend',
  Icon: Waypoints,
  holds: isIntegrationsPage,
};
const settings: RailItem = { href: '/settings', title: 'Settings', Icon: Settings, holds: isOneOf('settings') };

/**
 * The navigation of the editor, and the switch of the theme. The user chooses between icons alone and icons with labels; the choice is
 * stored.
 */
export function Rail({ page }: { readonly page: string }): ReactElement {
  const isOpen = useStore(railStore, (state) => state.isOpen);
  const theme = useTheme();
  const next = theme === 'dark' ? 'light' : 'dark';
  const ThemeIcon = theme === 'dark' ? Sun : Moon;
  return (
    <nav
      className={clsx(styles['rail'], 'aligned')}
      aria-label="Navigation"
      data-open={isOpen || undefined}
      data-tips="beside"
    >
      <Link href="/" className={clsx(styles['rail-mark'], 'aligned')} aria-label="Heddle">
        <HeddleMark />
        <RailLabel>Heddle</RailLabel>
      </Link>
      <ProjectSwitch />
      {items.map((item) => (
        <RailLink key={item.href} item={item} page={page} />
      ))}
      <InboxLink isCurrent={page === 'inbox' || page === 'proposal'} />
      <RailLink item={integrations} page={page} />
      <span className={styles['rail-space']} />
      <Suspense fallback={null}>
        <KillSwitchLink />
      </Suspense>
      <RailLink item={settings} page={page} />
      <button
        type="button"
        className="rail-item"
        onClick={toggleTheme}
        aria-label={`Switch to ${next} theme`}
        data-tip={`Switch to ${next} theme`}
      >
        <ThemeIcon size={18} strokeWidth={1.75} aria-hidden />
        <RailLabel>Switch to {next} theme</RailLabel>
      </button>
      <RailToggle isOpen={isOpen} />
    </nav>
  );
}

function RailToggle({ isOpen }: { readonly isOpen: boolean }): ReactElement {
  usePageKeys(railKeys, toggleRail);
  const text = isOpen ? 'Hide labels' : 'Show labels';
  const Icon = isOpen ? PanelLeftClose : PanelLeftOpen;
  return (
    <button
      type="button"
      className={clsx('rail-item', styles['rail-toggle'])}
      aria-expanded={isOpen}
      aria-label={text}
      data-tip={`${text} (${nameKeys(railKeys, modifierName)})`}
      onClick={toggleRail}
    >
      <Icon size={18} strokeWidth={1.75} aria-hidden />
      <RailLabel>{text}</RailLabel>
    </button>
  );
}

function RailLink({
  item: { href, title, hint, Icon, holds },
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
      data-tip={hint ?? title}
    >
      <Icon size={18} strokeWidth={1.75} aria-hidden />
      <RailLabel>{title}</RailLabel>
    </Link>
  );
}
