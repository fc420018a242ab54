// Reads texts as JSON, one a line; says how long each is by X's own library. Asked for its host names, it tells those.
const fs = require("fs");
const path = require("path");
const library = require("twitter-text");

if (process.argv[2] === "names") {
  const home = path.dirname(require.resolve("twitter-text"));
  console.log(JSON.stringify(["validGTLD", "validCCTLD"].map((name) => require(path.join(home, "regexp", name)).source)));
} else {
  for (const line of fs.readFileSync(0, "utf8").split("\n").filter(Boolean)) {
    console.log(library.parseTweet(JSON.parse(line)).weightedLength);
  }
}
