import { Suspense, useEffect, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { projectKeys, projectStore, useNamedProject } from '../../data/access/project-store.js';
import { matchKeys, nameKeys } from '../../ui/keyboard/match-keys.js';
import { lazyPage } from '../../ui/navigation/lazy-page.js';
import { initialsOf } from '../../ui/format/initials.js';
import { modifierName } from '../../ui/keyboard/modifier.js';

const ProjectPicker = lazyPage(() => import('./ProjectPicker.js').then(({ ProjectPicker: picker }) => picker));

/** The project of this tab with a switch; hidden where there is only one. */
export function ProjectSwitch(): ReactElement | null {
  const project = useNamedProject();
  const isChoosing = useStore(projectStore, (state) => state.isChoosing);
  const isThere = project !== undefined;
  useEffect(() => {
    if (!isThere) return undefined;
    const onKeyDown = (event: KeyboardEvent): void => {
      const { target } = event;
      const isInField =
        target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
      if (event.defaultPrevented || isInField || !matchKeys(projectKeys, event)) return;
      if (document.querySelector('dialog[open], .overlay') !== null) return;
      event.preventDefault();
      projectStore.setState({ isChoosing: true });
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [isThere]);
  if (project === undefined) return null;
  return (
    <>
      <button
        type="button"
        className="rail-project raised centred"
        aria-haspopup="dialog"
        aria-label={`Project ${project.name}: switch project`}
        title={`${project.name}: switch project (${nameKeys(projectKeys, modifierName)})`}
        data-initials={initialsOf(project.name)}
        data-archived={project.archivedAt === undefined ? undefined : true}
        onClick={() => projectStore.setState({ isChoosing: true })}
      />
      {isChoosing ? (
        <Suspense fallback={null}>
          <ProjectPicker />
        </Suspense>
      ) : null}
    </>
  );
}
