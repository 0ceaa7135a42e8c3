"""The margins beside public figures: the page tells those kept, a new run does not contradict."""

from statistics import fmean, stdev

from tests.published import public_figures, results

N_DEVIATIONS = 6  # one run among few: the spread of the kept ones is itself uncertain


def test_the_page_tells_the_margins_kept() -> None:
    for path in results.PAGES:
        page = path.read_text(encoding="utf-8")
        assert results.with_tables(page, results.kept()) == page


def test_another_replication_is_like_those_of_the_page() -> None:
    kept = results.kept()["public_figures"]
    (run,) = public_figures.simulate([public_figures.N_REPLICATIONS])
    for margin in public_figures.MARGINS:
        known = kept[margin.name]
        assert len(known) == public_figures.N_REPLICATIONS
        away = abs(margin.compute(run) - fmean(known))
        assert away <= N_DEVIATIONS * stdev(known), margin.name


def test_figures_put_in_are_found_again() -> None:
    """What was put in has to come out, or the comparison of the others means nothing."""
    kept = results.kept()["public_figures"]
    for margin in public_figures.MARGINS:
        if margin.role == public_figures.INPUT:
            low, high = margin.bounds
            assert low <= fmean(kept[margin.name]) <= high, margin.name
