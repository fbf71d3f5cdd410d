// What was chosen stands in the map's own element.
(_numbers, ...rest) => [document.querySelector("#map .map").dataset.group, ...rest]
