/** The part of a browser's storage that the editor uses. */
type KeptValues = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** Storage that lasts as long as the page, for browsers whose settings block more: there, even access to the storage throws. */
function valuesOfThisPage(): KeptValues {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
    key: (index) => [...values.keys()][index] ?? null,
    get length() {
      return values.size;
    },
  };
}

const instead = { local: valuesOfThisPage(), session: valuesOfThisPage() };

/** The browser's persistent storage. A write may fail where it is full. */
export function localValues(): KeptValues {
  return readable(() => localStorage) ?? instead.local;
}

/** The tab's storage, which survives a reload. */
export function sessionValues(): KeptValues {
  return readable(() => sessionStorage) ?? instead.session;
}

function readable(get: () => Storage): Storage | undefined {
  try {
    const storage = get();
    storage.getItem('heddle');
    return storage;
  } catch {
    return undefined; // Blocked by settings, or not a browser.
  }
}
