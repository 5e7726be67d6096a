import { defaultProject, type ProjectReply } from '@heddle/core';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { access } from '../api/access.js';
import { onProjectGone } from '../api/http.js';
import { currentProject, forgetProject, keepProject } from './current-project.js';

/** The keys that open the list of projects, wherever one is. */
export const projectKeys = 'Shift+O';

interface ProjectsState {
  /** The projects one may look at; undefined until they are known. */
  readonly projects: readonly ProjectReply[] | undefined;
  /** Whether the list to switch by is open. */
  readonly isChoosing: boolean;
}

/** The projects of whoever works in this tab. */
export const projectStore = createStore<ProjectsState>(() => ({ projects: undefined, isChoosing: false }));

/**
 * The project to work in: the chosen one while one is in it, else the first one, or whichever there is. Undefined where there is
 * nothing to choose, so that a Heddle with one project names none.
 */
export function projectToUse(projects: readonly ProjectReply[], chosen: string | undefined): string | undefined {
  const open = projects.filter(({ archivedAt }) => archivedAt === undefined);
  if (projects.some(({ id }) => id === chosen) && projects.length > 1) return chosen;
  if (open.length < 2) return projects.length > 1 ? (open[0] ?? projects[0])?.id : undefined;
  return (open.find(({ id }) => id === defaultProject) ?? open[0])?.id;
}

/** Reads the projects anew. Where the chosen one is not among them, this tab begins again in one that is. */
export async function readProjects(): Promise<void> {
  let projects: readonly ProjectReply[];
  try {
    projects = await access.projects();
  } catch {
    return; // What was known stays; whoever needs to sign in is led there.
  }
  projectStore.setState({ projects });
  const chosen = currentProject.getState().id;
  const used = projectToUse(projects, chosen);
  if (used === chosen) return;
  // Nobody works in a project before it is known that there are several: what is shown then is that of all of them.
  if (used === undefined) forgetProject();
  else if (!keepProject(used)) return;
  window.location.reload();
}

/**
 * Works in another project: the page begins anew there, so that nothing of the one before is left in it. A page about one thing of
 * the other project gives way to the home page.
 */
export function chooseProject(id: string): void {
  if (!keepProject(id)) return;
  window.location.assign(staysAt(window.location.pathname));
}

/** Where one is after switching: on the same list, or at home. */
export function staysAt(path: string): string {
  const [first, second] = path.split('/').filter((part) => part !== '');
  if (first === 'settings') return path;
  return second === undefined ? path : '/';
}

/** Follows a link into another project: what was opened says whose it is. */
export function followProject(id: string | undefined): void {
  const { projects } = projectStore.getState();
  const chosen = currentProject.getState().id;
  if (id === undefined || chosen === undefined || id === chosen) return;
  if (projects !== undefined && !projects.some((project) => project.id === id)) return;
  if (keepProject(id)) window.location.reload();
}

/** A project as far as it is known: by its list, else by its id alone. */
export function placeOf(id: string = defaultProject): {
  readonly id: string;
  readonly archivedAt?: number | undefined;
} {
  return projectStore.getState().projects?.find((project) => project.id === id) ?? { id };
}

/** The project that this tab works in, as its list names it; the only one where there is no choice. */
export function useProject(): ProjectReply | undefined {
  const projects = useStore(projectStore, (state) => state.projects);
  const chosen = useStore(currentProject, (state) => state.id);
  return projectOf(projects, chosen);
}

/** The same for what is no component. */
export function projectNow(): ProjectReply | undefined {
  return projectOf(projectStore.getState().projects, currentProject.getState().id);
}

function projectOf(projects: readonly ProjectReply[] | undefined, chosen: string | undefined) {
  return projects?.find(({ id }) => id === chosen) ?? (projects?.length === 1 ? projects[0] : undefined);
}

/** The project, where its name tells something: there are others. */
export function useNamedProject(): ProjectReply | undefined {
  const project = useProject();
  return useStore(projectStore, ({ projects }) => projects?.length ?? 0) > 1 ? project : undefined;
}

/** The name of a project by its id; the id where it is not known. */
export function useProjectNames(): (id: string) => string {
  const projects = useStore(projectStore, (state) => state.projects);
  return (id) => projects?.find((project) => project.id === id)?.name ?? id;
}

/** The id that things of this tab go to. */
export function useProjectId(): string {
  return useProject()?.id ?? defaultProject;
}

/** Keeps the projects known while the editor is open. */
export function useProjectsRead(isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return undefined;
    void readProjects();
    return onProjectGone(() => void readProjects());
  }, [isOn]);
}
