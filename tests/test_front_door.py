"""What `import mapkit as mk` promises to those who build on it."""

from __future__ import annotations

import pytest

import mapkit as mk

PROMISED = """
    read_events read_actors read_ties read_touchpoints read_feedback read_posts StageModel TOFU_MOFU_BOFU AARRR JOURNEY
    map_stages measure_stages measure_funnel Step Exclusion measure_funnel_trend measure_time_to_convert
    measure_funnel_spread plot claim load_dataset MapkitError profile_events measure_coverage compare
    measure_transitions measure_step_matrix measure_paths measure_sessions map_sessions measure_retention
    measure_lifecycle measure_stickiness measure_attribution measure_attribution_paths measure_customer_value
    measure_value_calibration measure_historic_value measure_simple_value summarise_purchases measure_rfm map_segments
    find_clusters SegmentRules measure_aarrr find_activation measure_referral simulate_growth measure_cascades
    measure_downline measure_experiment find_sample_size rank_backlog measure_demand measure_forecast measure_staffing
    measure_drivers check_integrity measure_nps measure_csat measure_ces measure_emotion measure_opportunity
    measure_inventory measure_touchpoints triage_touchpoints simulate_touchpoint_removal rank_pain_points
    find_moments_of_truth JourneyMap MapFile Cell Evidence observe_map draft_map draft_personas ResearchNotes
    PersonaCard TouchpointInventory read_map write_map save_journey_map Ecosystem measure_position rank_actors
    simulate_removal measure_structure find_communities measure_brokerage find_paths measure_step_reach
    measure_stakeholders measure_buying_groups rank_accounts measure_pipeline measure_account_overlap hash_customers
    find_partners find_white_spaces measure_engagement rank_influencers profile_influencer measure_share_of_voice
    measure_audience_overlap measure_campaign simulate_spread find_seeds fit_spread rank_seeds_dropped
    measure_influence_by_stage measure_channel_feed find_right_influencers choose_map
""".split()  # noqa: SIM905


@pytest.mark.parametrize("name", PROMISED)
def test_every_promised_name_is_there(name):
    assert getattr(mk, name) is not None
    assert name in dir(mk)


def test_widgets_are_reached_by_their_room():
    assert mk.widgets.FunnelExplorer.__name__ == "FunnelExplorer"
    assert mk.widgets.StageMapper.__name__ == "StageMapper"


def test_a_misspelt_name_is_answered_with_the_nearest():
    with pytest.raises(AttributeError, match="Did you mean 'measure_funnel'"):
        _ = mk.measure_funel
