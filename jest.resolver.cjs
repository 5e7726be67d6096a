// Sources import each other as `./x.js`, as nodenext asks; Jest reads the TypeScript file behind that name.
module.exports = (request, options) => {
  if (/^\.{1,2}\/.*\.js$/.test(request) && !options.basedir.includes('/node_modules/')) {
    for (const extension of ['.ts', '.tsx']) {
      try {
        return options.defaultResolver(request.replace(/\.js$/, extension), options);
      } catch {
        // try the next extension
      }
    }
  }
  // Only our own packages are read from their sources; others may have such an entry too, in a language that Jest does not read there.
  const isOurs = request.startsWith('@heddle/');
  const conditions = isOurs ? options.conditions : options.conditions?.filter((name) => name !== 'source');
  return options.defaultResolver(request, { ...options, conditions });
};
