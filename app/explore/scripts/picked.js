// What was clicked stands in the map's own element.
(_number, ...rest) => [Number(document.querySelector("#map .map").dataset.picked), ...rest]
