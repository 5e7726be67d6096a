import { CloudOff, FlaskConical, History, OctagonX, Plug, Redo2, Rocket, Undo2, Webhook } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { useKnownMay, useMay } from '../../data/access/me-store.js';
import type { MenuStart } from '../../ui/dialogs/use-lazy-menu.js';
import { apiPath, navigate, settingsPath, testsPath, triggersPath, versionsPath } from '../../ui/navigation/route.js';
import { useDocument, useSession } from '../session/index.js';
import { makeLive, returnOf, rollbackOf } from './move-live.js';
import { publishDialog } from './publish-dialog.js';
import { useVersions } from './versions-store.js';

/** The badge with its menu: pages of the workflow, and changes of the live version. */
export function LiveMenu({
  start,
  version,
  isChanged,
  children,
}: {
  readonly start: MenuStart;
  readonly version: number | undefined;
  readonly isChanged: boolean;
  readonly children: ReactNode;
}): ReactElement {
  const id = useDocument((state) => state.id);
  const slug = useDocument((state) => state.slug ?? state.id) ?? '';
  const mayPublish = useKnownMay('workflow:publish');
  const { view } = useSession();
  const { reply } = useVersions(id);
  const moves = mayPublish === true ? [rollbackOf(reply), returnOf(reply)] : [];
  const mayStop = useMay('kill-switch:set');
  const items = [
    { title: 'Versions', Icon: History, go: versionsPath(slug) },
    { title: 'Tests', Icon: FlaskConical, go: testsPath(slug) },
    { title: 'API and code', Icon: Plug, go: apiPath(slug) },
    { title: 'Triggers', Icon: Webhook, go: triggersPath(slug) },
  ];
  return (
    <DropdownMenu.Root modal={false} defaultOpen={start.isOpened}>
      <DropdownMenu.Trigger
        className="badge badge-live"
        data-live={version !== undefined || undefined}
        autoFocus={start.hasFocus}
      >
        {children}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={4}>
          {mayPublish !== true ? null : (
            <DropdownMenu.Item className="menu-item" onSelect={() => publishDialog.setState({ isOpen: true })}>
              <Rocket size={14} aria-hidden /> Publish
            </DropdownMenu.Item>
          )}
          {moves.map((move, index) =>
            move === undefined || id === undefined ? null : (
              <DropdownMenu.Item
                key={move.title}
                className="menu-item"
                onSelect={() => makeLive(view, id, move.version)}
              >
                {index === 0 ? <Undo2 size={14} aria-hidden /> : <Redo2 size={14} aria-hidden />} {move.title}
              </DropdownMenu.Item>
            ),
          )}
          {items.map(({ title, Icon, go }) => (
            <DropdownMenu.Item key={title} className="menu-item" onSelect={() => navigate(go)}>
              <Icon size={14} aria-hidden /> {title}
            </DropdownMenu.Item>
          ))}
          {version === undefined || !isChanged ? null : (
            <DropdownMenu.Item
              className="menu-item"
              onSelect={() => navigate(versionsPath(slug, { from: version, to: 'draft' }))}
            >
              <CloudOff size={14} aria-hidden /> Unpublished changes
            </DropdownMenu.Item>
          )}
          {!mayStop ? null : (
            <DropdownMenu.Item
              className="menu-item failed-text"
              onSelect={() => navigate(`${settingsPath('kill-switches')}?workflow=${encodeURIComponent(id ?? '')}`)}
            >
              <OctagonX size={14} aria-hidden /> Kill switch
            </DropdownMenu.Item>
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
