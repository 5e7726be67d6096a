/**
 * Questions about topics that a collection rarely covers, as examples of questions without an answer. If a collection does cover one of
 * them, the few questions about it weigh little.
 */
export const otherTopics: readonly string[] = `
How deep is the Mariana Trench?
Which composer wrote the opera Carmen?
How do volcanoes erupt?
What is the chemical symbol of tungsten?
Who was the first emperor of Rome?
How do I remove red wine from a carpet?
Which country has the longest coastline?
What does a carburettor do in an engine?
How many strings does a cello have?
Why do leaves change colour in autumn?
Who discovered penicillin?
What is the offside rule in football?
How long does it take to boil an egg?
Which language is spoken in Brazil?
What causes a solar eclipse?
How do I tie a bow tie?
Who wrote the novel War and Peace?
What is the difference between a virus and a bacterium?
How high do passenger aeroplanes fly?
When was the printing press invented?
Which animals live in the Serengeti?
How does a refrigerator keep food cold?
What is the longest river in Asia?
How many players are in a basketball team?
What is the Pythagorean theorem?
Who directed the film Casablanca?
How do bees make honey?
Which metal melts at the lowest temperature?
What happened at the Congress of Vienna?
How do I prune an apple tree?
What is the currency of Thailand?
Why is the sky blue?
How do you play the Sicilian Defence in chess?
Which planet is closest to the sun?
What are the symptoms of measles?
How is steel made from iron ore?
Who painted The Night Watch?
What is the plot of Romeo and Juliet?
How do I teach a parrot to speak?
Which treaty ended the Thirty Years' War?
How does a submarine dive?
What is inflation in economics?
How many bones does an adult human have?
Which spices are in garam masala?
How do tides work?
What is a haiku?
Who invented the telephone?
How do glaciers form?
`
  .trim()
  .split('\n');
