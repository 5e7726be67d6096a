import { diffDocuments } from '@heddle/core';
import { ChevronDown, CloudOff, FlaskConical, History, OctagonX, Plug, Rocket, Webhook } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useDeferredValue, useMemo, type ReactElement } from 'react';
import { apiPath, navigate, settingsPath, testsPath, triggersPath, versionsPath } from '../pages/route.js';
import { useDocument } from '../session.js';
import { useKnownMay, useMay } from '../access/me-store.js';
import { CanaryWords } from './CanaryWords.js';
import { publishDialog } from './publish-dialog.js';
import { useVersions } from './versions-store.js';

/** How the draft stands with what callers get, and the ways to its versions, tests and API. */
export function LiveBadge(): ReactElement {
  const id = useDocument((state) => state.id);
  const slug = useDocument((state) => state.slug ?? state.id) ?? '';
  const { reply, live } = useVersions(id);
  const isChanged = useIsChanged();
  const mayPublish = useKnownMay('workflow:publish');
  const mayStop = useMay('stop:set');
  const canary = reply?.live?.canary;
  const words = reply?.live === undefined ? 'Draft' : `Live: version ${reply.live.version}`;
  const items = [
    { title: 'Versions', Icon: History, go: versionsPath(slug) },
    { title: 'Tests', Icon: FlaskConical, go: testsPath(slug) },
    { title: 'API and code', Icon: Plug, go: apiPath(slug) },
    { title: 'Triggers', Icon: Webhook, go: triggersPath(slug) },
  ];
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="badge badge-live" data-live={reply?.live !== undefined || undefined}>
        <span className="live-dot" aria-hidden />
        {words}
        <CanaryWords canary={canary} />
        {live !== undefined && isChanged ? <span className="quiet badge-changed"> · draft differs</span> : null}
        <ChevronDown size={12} aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={4}>
          {mayPublish !== true ? null : (
            <DropdownMenu.Item className="menu-item" onSelect={() => publishDialog.setState({ isOpen: true })}>
              <Rocket size={14} aria-hidden /> Publish
            </DropdownMenu.Item>
          )}
          {items.map(({ title, Icon, go }) => (
            <DropdownMenu.Item key={title} className="menu-item" onSelect={() => navigate(go)}>
              <Icon size={14} aria-hidden /> {title}
            </DropdownMenu.Item>
          ))}
          {reply?.live === undefined || !isChanged ? null : (
            <DropdownMenu.Item
              className="menu-item"
              onSelect={() => navigate(versionsPath(slug, { from: reply.live?.version, to: 'draft' }))}
            >
              <CloudOff size={14} aria-hidden /> What is not live yet
            </DropdownMenu.Item>
          )}
          {!mayStop ? null : (
            <DropdownMenu.Item
              className="menu-item menu-danger"
              onSelect={() => navigate(`${settingsPath('stops')}?workflow=${encodeURIComponent(id ?? '')}`)}
            >
              <OctagonX size={14} aria-hidden /> Emergency stop
            </DropdownMenu.Item>
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** Whether the saved draft says something else than the live version. */
function useIsChanged(): boolean {
  const id = useDocument((state) => state.id);
  const saved = useDeferredValue(useDocument((state) => state.saved));
  const { live } = useVersions(id);
  return useMemo(
    () => live !== undefined && saved !== undefined && !diffDocuments(live.bundle.document, saved).isSame,
    [live, saved],
  );
}
